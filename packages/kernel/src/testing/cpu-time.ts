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
