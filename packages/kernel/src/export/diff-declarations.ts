import { normalCel } from "../check/render-cel.ts";
import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import { compareUtf16 } from "../json/text.ts";
import type { NormalChart, NormalGuard, NormalTransition } from "../chart/normal-chart.ts";
import type { ChartDifference, DifferenceKind } from "./chart-difference.ts";
import { diffSchemas } from "./diff-schemas.ts";
import { jsonOf } from "./json-of.ts";

/** Everything but the states: declarations, guards, schemas, parameters. */
export function diffDeclarations(
  before: NormalChart,
  after: NormalChart,
): readonly ChartDifference[] {
  return [
    ...diffName(before, after),
    ...diffTransitions(before, after),
    ...diffGuards(before, after),
    ...diffSchemas(before.context, after.context, "context"),
    ...diffInitialContext(before, after),
    ...diffConfig(before, after),
    ...diffReads(before, after),
    ...diffCreates(before, after),
    ...diffRegions(before, after),
    ...diffNatives(before, after),
    ...diffProjections(before, after),
  ];
}

function diffName(before: NormalChart, after: NormalChart): readonly ChartDifference[] {
  if (before.chart === after.chart) return [];
  const why = "instances are named after their chart: it is another chart";
  return [
    {
      kind: "chart_renamed",
      path: "chart",
      before: before.chart,
      after: after.chart,
      breaking: true,
      why,
    },
  ];
}

function diffTransitions(before: NormalChart, after: NormalChart): readonly ChartDifference[] {
  return namesOf(before.transitions, after.transitions).flatMap(
    (name): readonly ChartDifference[] => {
      const [old, now] = [before.transitions[name], after.transitions[name]];
      const path = `transitions.${name}`;
      if (old === undefined) {
        const value = now === undefined ? null : jsonOf(now);
        const why = "a new transition; nobody relies on it";
        return [
          { kind: "transition_added", path, before: null, after: value, breaking: false, why },
        ];
      }
      if (now === undefined) {
        const why = "whoever proposes it is refused as unknown_transition";
        return [
          {
            kind: "transition_removed",
            path,
            before: jsonOf(old),
            after: null,
            breaking: true,
            why,
          },
        ];
      }
      return [
        ...diffTransition(old, now, path),
        ...diffSchemas(old.inputs, now.inputs, `${path}.inputs`),
      ];
    },
  );
}

function diffTransition(
  old: NormalTransition,
  now: NormalTransition,
  path: string,
): readonly ChartDifference[] {
  const of = (
    key: string,
    before: Json,
    after: Json,
    breaking: boolean,
    why: string,
  ): ChartDifference => ({
    kind: "transition_changed",
    path: `${path}.${key}`,
    before,
    after,
    breaking,
    why,
  });
  const differences: ChartDifference[] = [];
  for (const key of ["by", "joinedBy"] as const) {
    if (sameSet(old[key], now[key])) continue;
    const lost = old[key].filter((name) => !now[key].includes(name));
    const who = key === "by" ? "propose" : "join";
    const why =
      lost.length > 0 ? `${lost.join(", ")} may not ${who} it any more` : `more may ${who} it`;
    differences.push(of(key, [...old[key]], [...now[key]], lost.length > 0, why));
  }
  if (old.class !== now.class) {
    const why = "other windows decide when it may happen";
    differences.push(of("class", old.class, now.class, true, why));
  }
  if (old.compensatedBy !== now.compensatedBy) {
    const why = "what undoes it is another transition";
    differences.push(
      of("compensatedBy", old.compensatedBy, now.compensatedBy, old.compensatedBy !== null, why),
    );
  }
  const guards = guardsDifference(old.guards, now.guards);
  if (guards !== null) {
    differences.push(of("guards", [...old.guards], [...now.guards], guards.breaking, guards.why));
  }
  return differences;
}

/** null: the same guards in the same order. */
export function guardsDifference(
  old: readonly string[],
  now: readonly string[],
): { readonly breaking: boolean; readonly why: string } | null {
  if (old.join() === now.join()) return null;
  const more = now.filter((name) => !old.includes(name));
  const less = old.filter((name) => !now.includes(name));
  if (more.length === 0 && less.length === 0) {
    return {
      breaking: false,
      why: "the same guards in another order: refusals name the first that is false",
    };
  }
  if (more.length > 0) {
    return { breaking: true, why: `${more.join(", ")} must hold too: what passed may be refused` };
  }
  return {
    breaking: true,
    why: `${less.join(", ")} need not hold any more: what was refused may pass`,
  };
}

function diffGuards(before: NormalChart, after: NormalChart): readonly ChartDifference[] {
  return namesOf(before.guards, after.guards).flatMap((name): readonly ChartDifference[] => {
    const [old, now] = [before.guards[name], after.guards[name]];
    const path = `guards.${name}`;
    if (old === undefined || now === undefined) {
      const isNew = old === undefined;
      const kind: DifferenceKind = isNew ? "guard_added" : "guard_removed";
      const why = isNew
        ? "a new guard; see where it is used"
        : "the guard is gone; see where it was used";
      return [
        {
          kind,
          path,
          before: old === undefined ? null : jsonOf(old),
          after: now === undefined ? null : jsonOf(now),
          breaking: false,
          why,
        },
      ];
    }
    return diffGuard(old, now, path);
  });
}

function diffGuard(old: NormalGuard, now: NormalGuard, path: string): readonly ChartDifference[] {
  const values = { before: jsonOf(old), after: jsonOf(now) };
  if ("when" in old && "when" in now) {
    if (normalCel(old.when) !== normalCel(now.when)) {
      const why = "it decides otherwise: what passed may be refused, what was refused may pass";
      const conditions = { before: old.when, after: now.when };
      return [{ kind: "guard_changed", path: `${path}.when`, ...conditions, breaking: true, why }];
    }
    if (old.reason === now.reason && old.okReason === now.okReason) return [];
    const why = "it says the same in other words";
    return [{ kind: "guard_text", path, ...values, breaking: false, why }];
  }
  if (canonicalize(values.before) === canonicalize(values.after)) return [];
  const why = "another check, or other arguments for it";
  return [{ kind: "guard_changed", path, ...values, breaking: true, why }];
}

function diffInitialContext(before: NormalChart, after: NormalChart): readonly ChartDifference[] {
  return diffMembers(before.initialContext, after.initialContext, {
    kind: "initial_context_changed",
    path: "initialContext",
    breaking: false,
    why: "new instances begin with another value; running ones keep theirs",
  });
}

function diffConfig(before: NormalChart, after: NormalChart): readonly ChartDifference[] {
  return diffMembers(before.config, after.config, {
    kind: "config_changed",
    path: "config",
    breaking: true,
    why: "every expression that reads it sees another value",
  });
}

function diffReads(before: NormalChart, after: NormalChart): readonly ChartDifference[] {
  const normal = (reads: NormalChart["reads"]): { readonly [name: string]: Json } =>
    Object.fromEntries(Object.entries(reads).map(([name, source]) => [name, normalCel(source)]));
  return diffMembers(normal(before.reads), normal(after.reads), {
    kind: "read_changed",
    path: "reads",
    breaking: true,
    why: "guards and actions look at another instance",
  });
}

function diffCreates(before: NormalChart, after: NormalChart): readonly ChartDifference[] {
  const [old, now] = [before.creates, after.creates];
  if (old === now || (old !== null && now !== null && sameSet(old, now))) return [];
  const lost = now !== null && (old === null || old.some((name) => !now.includes(name)));
  const why = lost
    ? "some transitions do not create instances any more"
    : "more transitions create instances";
  const values = { before: old === null ? null : [...old], after: now === null ? null : [...now] };
  return [{ kind: "creates_changed", path: "creates", ...values, breaking: lost, why }];
}

/** The order of the list means nothing: documents name regions, and states know theirs. */
function diffRegions(before: NormalChart, after: NormalChart): readonly ChartDifference[] {
  const all = [...new Set([...before.regions, ...after.regions])];
  return all.flatMap((name): readonly ChartDifference[] => {
    const [was, is] = [before.regions.includes(name), after.regions.includes(name)];
    if (was === is) return [];
    const kind: DifferenceKind = is ? "region_added" : "region_removed";
    const why = "epochs and projections are counted by region: documents get other keys";
    const values = { before: was ? name : null, after: is ? name : null };
    return [{ kind, path: `regions.${name}`, ...values, breaking: true, why }];
  });
}

function diffNatives(before: NormalChart, after: NormalChart): readonly ChartDifference[] {
  // A native that comes or goes does so with a guard, which is told already.
  return Object.entries(before.natives).flatMap(([name, version]): readonly ChartDifference[] => {
    const now = after.natives[name];
    if (now === undefined || now === version) return [];
    const why = "another version of the check may decide otherwise";
    return [
      {
        kind: "native_changed",
        path: `natives.${name}`,
        before: version,
        after: now,
        breaking: true,
        why,
      },
    ];
  });
}

function diffProjections(before: NormalChart, after: NormalChart): readonly ChartDifference[] {
  return namesOf(before.projections, after.projections).flatMap(
    (name): readonly ChartDifference[] => {
      const [old, now] = [before.projections[name], after.projections[name]];
      const isSame =
        old !== undefined &&
        now !== undefined &&
        sameSet(old.regions, now.regions) &&
        (old.keys === null || now.keys === null
          ? old.keys === now.keys
          : sameSet(old.keys, now.keys));
      if (isSame) return [];
      const why =
        old === undefined
          ? "readers may ask for it"
          : "readers of it see something else, or nothing";
      return [
        {
          kind: "projection_changed",
          path: `projections.${name}`,
          before: old === undefined ? null : jsonOf(old),
          after: now === undefined ? null : jsonOf(now),
          breaking: old !== undefined,
          why,
        },
      ];
    },
  );
}

function diffMembers(
  before: { readonly [name: string]: Json },
  after: { readonly [name: string]: Json },
  shape: Pick<ChartDifference, "kind" | "path" | "breaking" | "why">,
): readonly ChartDifference[] {
  return namesOf(before, after).flatMap((name): readonly ChartDifference[] => {
    const [old, now] = [before[name], after[name]];
    if (old !== undefined && now !== undefined && canonicalize(old) === canonicalize(now))
      return [];
    const path = `${shape.path}.${name}`;
    // What is only added was read by nobody.
    const breaking = shape.breaking && old !== undefined;
    return [{ ...shape, path, before: old ?? null, after: now ?? null, breaking }];
  });
}

function namesOf(before: object, after: object): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

export function sameSet(one: readonly string[], other: readonly string[]): boolean {
  const sorted = (names: readonly string[]): string =>
    [...new Set(names)].sort(compareUtf16).join("\n");
  return sorted(one) === sorted(other);
}
