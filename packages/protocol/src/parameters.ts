import {
  CURSOR_LENGTH_MAX,
  INTEGER_MAX,
  PAGE_ITEMS_DEFAULT,
  PAGE_ITEMS_MAX,
  PROJECTION_LENGTH_MAX,
} from "./limits.ts";
import type { PathParameter, QueryParameter } from "./route.ts";
import { WORD_SCHEMAS } from "./schema/word-schemas.ts";

/** Query parameters that several routes share. */

export const instanceParameter: QueryParameter = {
  name: "instance",
  required: true,
  description: "The instance, `chart/id`.",
  form: { kind: "text", pattern: WORD_SCHEMAS.InstanceName.pattern, lengthMax: 161 },
};

export const limitParameter: QueryParameter = {
  name: "limit",
  required: false,
  description: "How many at most.",
  form: { kind: "integer", minimum: 1, maximum: PAGE_ITEMS_MAX, default: PAGE_ITEMS_DEFAULT },
};

export const afterParameter: QueryParameter = {
  name: "after",
  required: false,
  description: "The cursor `next` of the page before.",
  form: { kind: "text", lengthMax: CURSOR_LENGTH_MAX },
};

export const staleParameter: QueryParameter = {
  name: "stale",
  required: false,
  description:
    "`ok`: a follower may answer from what it has; the answer then carries X-Swoosh-Index and Age.",
  form: { kind: "choice", words: ["ok"] },
};

export const dryRunParameter: QueryParameter = {
  name: "dry_run",
  required: false,
  description: "`true`: the same verdict, with status 200, and nothing is recorded.",
  form: { kind: "choice", words: ["true", "false"] },
};

export const projectionParameter: QueryParameter = {
  name: "projection",
  required: false,
  description: "Names of the chart's projections, with commas between them.",
  form: {
    kind: "text",
    // Names are those of regions, which may be paths.
    pattern: "^[A-Za-z_][A-Za-z0-9_.]*(?:,[A-Za-z_][A-Za-z0-9_.]*)*$",
    lengthMax: PROJECTION_LENGTH_MAX,
  },
};

export const chartParameter: QueryParameter = {
  name: "chart",
  required: false,
  description: "Only instances of this chart.",
  form: { kind: "text", pattern: WORD_SCHEMAS.ChartName.pattern, lengthMax: 32 },
};

/** An integer of the log: an index or a size. */
export function indexParameter(
  name: string,
  description: string,
  required: boolean = false,
): QueryParameter {
  return {
    name,
    required,
    description,
    form: { kind: "integer", minimum: 0, maximum: INTEGER_MAX },
  };
}

export function textParameter(
  name: string,
  description: string,
  form: { readonly pattern?: string; readonly lengthMax: number },
): QueryParameter {
  return { name, required: false, description, form: { kind: "text", ...form } };
}

export const hashPath: PathParameter = {
  name: "hash",
  description: "`sha256-` and 64 lower-case hex digits.",
  pattern: WORD_SCHEMAS.ValueHash.pattern,
};
