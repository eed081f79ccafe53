export type { Disk } from "./disk.ts";
export { fault, SimulatedDisk, type FormerFile } from "./test/simulated-disk.ts";
export { withoutStack } from "./test/without-stack.ts";
