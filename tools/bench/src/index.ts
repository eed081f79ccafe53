export { measure, type Contender, type Measured, type MeasureOptions } from "./measure.ts";
export { printTable } from "./print-table.ts";
export { summarise, type Summary } from "./summary.ts";
