import type { Json } from "../json/json.ts";
import { VIOLATIONS_MAX } from "../limits.ts";
import type { SchemaViolation } from "./schema.ts";

/** One compiled rule. `explain` finds at least one violation exactly where `fits` says no. */
export interface Check {
  fits(value: Json): boolean;
  explain(value: Json, place: string, findings: Findings): void;
}

/** The violations of one validation, at most `VIOLATIONS_MAX`. */
export class Findings {
  readonly all: SchemaViolation[] = [];

  get isFull(): boolean {
    return this.all.length >= VIOLATIONS_MAX;
  }

  add(place: string, problem: string): void {
    if (!this.isFull) this.all.push({ place, problem });
  }
}
