import type { Candidate, TransitionDeclaration } from "../chart/compiled-chart.ts";
import { answeredEffect } from "../reduce/answered-effect.ts";
import { nobodyMay, roleFor } from "../reduce/authority.ts";
import type { Effect } from "../reduce/document.ts";
import { schemaWords } from "./words.ts";
import { HELP_NAMES_MAX } from "../limits.ts";
import type { ExplainedTransition, GuardOutlook, KnownIdentity, Outlook } from "./explanation.ts";
import { guardHelps } from "./guard-helps.ts";
import { guardOutlook, type Unknowns } from "./guard-outlook.ts";
import type { Scene } from "./scene.ts";
import { waysInto } from "./what-changes.ts";
import { atMost, oneOf } from "./words.ts";

const ANY_OBJECT = { type: "object" } as const;

/** One declared transition in one scene. */
export function explainTransition(
  declaration: TransitionDeclaration,
  scene: Scene,
  identities: readonly KnownIdentity[],
): ExplainedTransition {
  const { chart, instance } = scene;
  const candidates = scene.candidates(declaration.name);
  const unknowns = scene.unknowns(declaration);
  const asked =
    unknowns === null ? NOTHING : askGuards(declaration, candidates, { scene, unknowns });
  const barriers = barriersOf(declaration, candidates, scene);
  const effect = effectOf(declaration, scene);
  const outlook: Outlook =
    barriers.length > 0 || effect.closed ? "closed" : outlookOf(declaration, candidates, asked);
  const who = whoMay(declaration, effect.owners, { instance, identities });
  const nobody = identities.length > 0 && who.length === 0 && declaration.by.length > 0;
  return {
    by: declaration.by.map(({ role, human }) => (human ? `${role}:human` : role)),
    enabled: candidates.length > 0,
    guard_outcomes: asked.outcomes,
    helps: [
      ...barriers,
      ...effect.helps,
      ...(nobody && barriers.length === 0 && !effect.closed
        ? [missingWords(declaration, effect.owners, instance)]
        : []),
      ...asked.helps,
      ...inputHelps(declaration, scene),
    ],
    inputs: chart.normal.transitions[declaration.name]?.inputs ?? ANY_OBJECT,
    leads_to: targetsOf(candidates, asked, scene),
    outlook,
    transition: declaration.name,
    who,
  };
}

interface Asked {
  readonly outcomes: readonly GuardOutlook[];
  readonly helps: readonly string[];
  holds(guard: string): boolean | null;
}

const NOTHING: Asked = { outcomes: [], helps: [], holds: () => null };

/** All guards, each once: those of the transition, then the candidates' in the order of looking. */
function askGuards(
  declaration: TransitionDeclaration,
  candidates: readonly Candidate[],
  given: { readonly scene: Scene; readonly unknowns: Unknowns },
): Asked {
  const guards = [...declaration.guards, ...candidates.flatMap((one) => one.guards)];
  const outcomes = new Map<string, GuardOutlook>();
  const helps: string[] = [];
  for (const guard of guards) {
    if (outcomes.has(guard.name)) continue;
    const outcome = guardOutlook(guard, given.unknowns);
    outcomes.set(guard.name, outcome);
    helps.push(...guardHelps(guard, outcome, given));
  }
  return {
    outcomes: [...outcomes.values()],
    helps,
    holds: (guard) => outcomes.get(guard)?.ok ?? null,
  };
}

/** All of them hold: true; one does not: false; else it depends. */
function together(outcomes: readonly (boolean | null)[]): boolean | null {
  if (outcomes.includes(false)) return false;
  return outcomes.includes(null) ? null : true;
}

function candidateHolds({ guards }: Candidate, { holds }: Asked): boolean | null {
  return together(guards.map(({ name }) => holds(name)));
}

/** Open needs every guard of the transition and, in some region, a candidate. */
function outlookOf(
  { guards }: TransitionDeclaration,
  candidates: readonly Candidate[],
  asked: Asked,
): Outlook {
  const level = together(guards.map(({ name }) => asked.holds(name)));
  const taken = candidates.map((candidate) => candidateHolds(candidate, asked));
  const some = taken.includes(true) ? true : taken.includes(null) ? null : false;
  const all = together([level, some]);
  if (all === null) return "depends";
  return all ? "open" : "closed";
}

function targetsOf(
  candidates: readonly Candidate[],
  asked: Asked,
  { chart }: Scene,
): readonly string[] {
  const paths = candidates
    .filter((candidate) => candidateHolds(candidate, asked) !== false)
    .flatMap(({ targets }) => targets.map((index) => chart.states[index]?.path ?? ""));
  return [...new Set(paths)];
}

/** What stands in the way whatever the guards say. */
function barriersOf(
  declaration: TransitionDeclaration,
  candidates: readonly Candidate[],
  scene: Scene,
): readonly string[] {
  const { instance, head, failure } = scene;
  if (head?.document.meta.ended === true)
    return [`${instance} has ended; nothing more is accepted`];
  const nobody = nobodyMay(declaration);
  const barriers = nobody === undefined ? [] : [nobody];
  if (head === undefined && !declaration.creates)
    return [...barriers, `${instance} does not exist, and ${declaration.name} may not create it`];
  if (failure !== "")
    return [...barriers, `${instance} cannot be entered without inputs: ${failure}`];
  if (candidates.length > 0) return barriers;
  return [...barriers, ...whereHandled(declaration.name, scene)];
}

/** States that handle the event, and what leads there. */
function whereHandled(event: string, { chart, configuration }: Scene): readonly string[] {
  const states = chart.states.filter((state) => state.on.has(event));
  const now = configuration?.paths.join(", ") ?? "nothing";
  if (states.length === 0) return [`no state handles ${event}`];
  const names = states.map(({ path }) => (path === "" ? "the root" : path));
  const helps = [`${event} is handled in ${oneOf(atMost(names, HELP_NAMES_MAX))}; active: ${now}`];
  for (const state of states.slice(0, HELP_NAMES_MAX)) {
    const ways = waysInto(chart, state);
    if (ways.length > 0)
      helps.push(`${state.path} is entered by ${oneOf(atMost(ways, HELP_NAMES_MAX))}`);
  }
  return helps;
}

interface EffectAsked {
  readonly closed: boolean;
  readonly helps: readonly string[];
  /** null: the transition answers nothing, anybody with the role may. */
  readonly owners: readonly string[] | null;
}

/** An answer needs an open effect, and its owner. */
function effectOf(declaration: TransitionDeclaration, { head }: Scene): EffectAsked {
  if (declaration.answers.length === 0) return { closed: false, helps: [], owners: null };
  const open: readonly Effect[] = head?.document.effects ?? [];
  const fitting = open.filter(({ answer }) => answer.includes(declaration.name));
  if (fitting.length === 0) {
    const what = `it answers ${oneOf(declaration.answers)}, and no such effect is open`;
    return { closed: true, helps: [what], owners: [] };
  }
  const owners = fitting.map(({ id, owner }) => `${owner} alone may answer ${id}`);
  const several = answeredEffect(open, declaration, {});
  const choose = several.kind === "closed" ? [several.reason] : [];
  return {
    closed: false,
    helps: [...atMost(owners, HELP_NAMES_MAX), ...choose],
    owners: fitting.map(({ owner }) => owner),
  };
}

/** What its inputs must be, where it asks for any. */
function inputHelps({ name }: TransitionDeclaration, { chart }: Scene): readonly string[] {
  const schema = chart.normal.transitions[name]?.inputs;
  const required = schema?.required ?? [];
  if (required.length === 0) return [];
  const needed = required.map((key) => {
    const property = schema?.properties?.[key];
    return property === undefined ? key : `${key}, ${schemaWords(property)}`;
  });
  return [`its inputs need ${needed.join("; ")}`];
}

/** Everything else may be right: there is nobody who could do it. */
function missingWords(
  { by }: TransitionDeclaration,
  owners: readonly string[] | null,
  instance: string,
): string {
  const roles = oneOf(by.map(({ role, human }) => (human ? `${role} (a person)` : role)));
  const named =
    owners === null ? "no identity" : `no identity named ${oneOf([...new Set(owners)])}`;
  return `${named} holds ${roles} on ${instance}; an operator registers or grants it`;
}

function whoMay(
  declaration: TransitionDeclaration,
  owners: readonly string[] | null,
  {
    instance,
    identities,
  }: { readonly instance: string; readonly identities: readonly KnownIdentity[] },
): readonly string[] {
  if (declaration.by.length === 0) return [];
  const names = identities
    .filter(({ name }) => owners === null || owners.includes(name))
    .filter((identity) => roleFor(declaration, identity, instance) !== undefined)
    .map(({ name }) => name);
  return atMost(names, HELP_NAMES_MAX);
}
