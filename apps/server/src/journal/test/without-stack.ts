/** An error of the simulated world. They are answers like any other, many in each seed, and a stack costs most of one. */
export function withoutStack(message: string): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = new Error(message);
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}
