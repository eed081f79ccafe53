import type { CelProgram } from "../cel/cel.ts";
import { isUnknown } from "../cel/mentions.ts";
import type { Guard } from "../chart/compiled-chart.ts";
import type { Json } from "../json/json.ts";
import { cutCodePoints } from "../json/text.ts";
import { HELP_LENGTH_MAX, HELP_NAMES_MAX } from "../limits.ts";
import { showValue } from "../schema/describe-value.ts";
import type { GuardOutlook } from "./explanation.ts";
import { unknownMentions, type Unknowns } from "./guard-outlook.ts";
import type { Scene } from "./scene.ts";
import { waysInto, waysOutOf, writersOf } from "./what-changes.ts";
import { allOf, atMost, instant, oneOf } from "./words.ts";

/** What would make a guard pass that does not, or what it still needs to be told; [] where it passes. */
export function guardHelps(
  guard: Guard,
  outlook: GuardOutlook,
  { scene, unknowns }: { readonly scene: Scene; readonly unknowns: Unknowns },
): readonly string[] {
  if (outlook.ok === true) return [];
  const programs = guard.kind === "cel" ? [guard.when] : guard.with.map(([, value]) => value);
  const mentions = [...new Set(programs.flatMap((program) => program.mentions()))];
  const known = mentions.filter((mention) => !isUnknown(mention, unknowns.names));
  const facts = known.flatMap((mention) => factOf(mention, { scene, unknowns }));
  const open = unknownMentions(guard, unknowns.names);
  return [
    `${guard.name} passes when ${ruleOf(guard)}`,
    ...(open.length === 0 ? [] : [`${guard.name} is told ${allOf(open)} by the proposal`]),
    ...(facts.length === 0 ? [] : [`${guard.name} sees ${allOf(facts)}`]),
    ...(outlook.ok === false ? changesOf(programs, known, scene) : []),
  ].map((text) => cutCodePoints(text, HELP_LENGTH_MAX));
}

function ruleOf(guard: Guard): string {
  if (guard.kind === "cel") return guard.when.source;
  const args = guard.with.map(([name, value]) => `${name} = ${value.source}`);
  const of = args.length === 0 ? "" : ` of ${args.join(", ")}`;
  return `the native check ${guard.native.name}${of} says yes`;
}

function factOf(
  mention: string,
  { scene, unknowns }: { readonly scene: Scene; readonly unknowns: Unknowns },
): readonly string[] {
  const { scope } = unknowns;
  const [record = "", field = ""] = mention.split(".");
  switch (record) {
    case "at":
      return [`the time ${instant(scope.at)}`];
    case "beat":
      return [scope.beat === null ? "no beat" : `beat ${scope.beat}`];
    case "context":
      return fieldFact(mention, scope.context, field);
    case "config":
      return fieldFact(mention, scope.config, field);
    case "reads":
      return readFact(field, { scene, unknowns });
    default:
      return [];
  }
}

function fieldFact(
  mention: string,
  of: { readonly [key: string]: Json },
  field: string,
): readonly string[] {
  if (field === "") return [];
  const value = Object.hasOwn(of, field) ? of[field] : undefined;
  return [value === undefined ? `no ${mention}` : `${mention} = ${showValue(value)}`];
}

function readFact(
  read: string,
  { scene, unknowns }: { readonly scene: Scene; readonly unknowns: Unknowns },
): readonly string[] {
  const instances = scene.instancesOf(read, unknowns);
  if (instances.length === 0) return [];
  const shown = instances.slice(0, HELP_NAMES_MAX).map((instance) => {
    const head = scene.headOf(instance);
    if (head === undefined) return `${instance}, which does not exist`;
    return `${instance} in ${head.document.configuration.join(", ")}`;
  });
  return [`reads.${read} = ${shown.join("; ")}`];
}

/** Who could change what the guard looks at. */
function changesOf(
  programs: readonly CelProgram[],
  mentions: readonly string[],
  scene: Scene,
): readonly string[] {
  const { chart, configuration } = scene;
  const helps: string[] = [];
  for (const mention of mentions) {
    if (!mention.startsWith("context.")) continue;
    const writers = writersOf(chart, mention.slice("context.".length));
    if (writers.length > 0)
      helps.push(`${mention} is changed by ${oneOf(atMost(writers, HELP_NAMES_MAX))}`);
  }
  const states = new Set(programs.flatMap((program) => program.states));
  for (const index of states) {
    const state = chart.states[index];
    if (state === undefined || configuration === null) continue;
    const isActive = configuration.isActive(index);
    const ways = isActive ? waysOutOf(chart, state) : waysInto(chart, state);
    if (ways.length === 0) continue;
    const names = oneOf(atMost(ways, HELP_NAMES_MAX));
    helps.push(
      isActive
        ? `${state.path} is active; it is left by ${names}`
        : `${state.path} is not active; it is entered by ${names}`,
    );
  }
  if (mentions.includes("at") || mentions.includes("beat"))
    helps.push("it looks at the time, so it may pass later by itself");
  return helps;
}
