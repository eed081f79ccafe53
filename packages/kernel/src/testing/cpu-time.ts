/**
 * Processor time of a run in ms, of all threads of this process: what a bound on time can be held to on a machine
 * that others use too. Only for tests.
 */
export function cpuTimeMs(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * The same of the calling thread alone, without what the engine's compiler and collector do beside it. Told in steps of some
 * milliseconds, so it is for runs of many.
 */
export function threadTimeMs(run: () => unknown): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
