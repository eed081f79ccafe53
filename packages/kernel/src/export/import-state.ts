import { isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { importActions } from "./import-action.ts";
import { importTransition } from "./import-transition.ts";
import {
  childrenOf,
  type ImportPass,
  itemsOf,
  named,
  nameOf,
  swooshMeta,
  type XStateNode,
} from "./import-pass.ts";

/** Keys of an XState state that mean nothing to a chart, and may be left out. */
const IGNORED = [
  "description",
  "tags",
  "meta",
  "id",
  "version",
  "context",
  "order",
  "key",
  "types",
];
const KNOWN = [
  "type",
  "initial",
  "states",
  "entry",
  "exit",
  "on",
  "always",
  "onDone",
  "after",
  "history",
  "target",
];

/** One state and everything below it, as the chart's dialect writes it. */
export function importState(pass: ImportPass, node: XStateNode): JsonObject {
  const { config } = node;
  const meta = swooshMeta(config);
  for (const key of Object.keys(config)) {
    if (KNOWN.includes(key) || IGNORED.includes(key)) continue;
    pass.refuse([...node.place, key], `${named(node)} has "${key}": charts cannot say that`);
  }
  if (config.type === "history") return importHistory(pass, node);
  const timers = importAfter(pass, node, meta);
  const events = { ...importOn(pass, node), ...timers.on };
  const children = childrenOf(node).map((child): [string, Json] => [
    nameOf(child),
    importState(pass, child),
  ]);
  return {
    ...(typeof config.type === "string" && config.type !== "compound" ? { type: config.type } : {}),
    ...importInitial(pass, node, meta),
    ...listed("entry", importActions(pass, config.entry, [...node.place, "entry"])),
    ...listed("exit", importActions(pass, config.exit, [...node.place, "exit"])),
    ...(Object.keys(events).length === 0 ? {} : { on: events }),
    ...listed("always", importTransitions(pass, node, "always")),
    ...listed("onDone", importTransitions(pass, node, "onDone")),
    ...listed("after", timers.after),
    ...(meta.sticky === undefined ? {} : { sticky: meta.sticky }),
    ...(typeof meta.onFailure === "string" ? { onFailure: pass.absolute(meta.onFailure) } : {}),
    ...(children.length === 0 ? {} : { states: Object.fromEntries(children) }),
  };
}

function importHistory(pass: ImportPass, node: XStateNode): JsonObject {
  const parent = node.parent ?? node;
  const targets = itemsOf(node.config.target).flatMap((target) => {
    if (typeof target !== "string") return [];
    const beside: XStateNode = { ...node, parent };
    return pass.resolve(target, beside, [...node.place, "target"]) ?? [];
  });
  return {
    type: "history",
    history: node.config.history === "deep" ? "deep" : "shallow",
    ...(targets.length === 0 ? {} : { target: targets.map((path) => pass.absolute(path)) }),
  };
}

/** XState's own `initial` is a child's name, or `{ target }`; what leads further down is in `meta`. */
function importInitial(pass: ImportPass, node: XStateNode, meta: JsonObject): JsonObject {
  const deep = itemsOf(meta.initial).flatMap((path) => (typeof path === "string" ? [path] : []));
  if (deep.length > 0) return { initial: deep.map((path) => pass.absolute(path)) };
  const { initial } = node.config;
  const target = initial !== undefined && isJsonObject(initial) ? initial.target : initial;
  if (typeof target === "string") return { initial: target.replace(/^\./, "") };
  return {};
}

function importOn(pass: ImportPass, node: XStateNode): JsonObject {
  const { on } = node.config;
  if (on === undefined || !isJsonObject(on)) return {};
  const events: [string, Json][] = [];
  for (const [event, value] of Object.entries(on)) {
    const place = [...node.place, "on", event];
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(event)) {
      pass.refuse(
        place,
        `event "${event}": a chart's transitions are plain names (letters, digits, _)`,
      );
      continue;
    }
    pass.events.add(event);
    events.push([event, itemsOf(value).map((item) => importTransition(pass, node, item, place))]);
  }
  return Object.fromEntries(events);
}

function importTransitions(
  pass: ImportPass,
  node: XStateNode,
  key: "always" | "onDone",
): readonly Json[] {
  const place = [...node.place, key];
  return itemsOf(node.config[key]).map((item) => importTransition(pass, node, item, place));
}

interface Timers {
  readonly after: readonly Json[];
  readonly on: JsonObject;
}

/** Timers that this project wrote are in `meta`; a delay in milliseconds from elsewhere gets an id and an event. */
function importAfter(pass: ImportPass, node: XStateNode, meta: JsonObject): Timers {
  const after: Json[] = [];
  const on: [string, Json][] = [];
  const known = new Set<string>();
  for (const timer of itemsOf(meta.after)) {
    if (!isJsonObject(timer)) continue;
    after.push(Object.fromEntries(Object.entries(timer).filter(([, value]) => value !== null)));
    if (typeof timer.id === "string") known.add(timer.id);
  }
  const delays = node.config.after;
  for (const [delay, value] of delays !== undefined && isJsonObject(delays)
    ? Object.entries(delays)
    : []) {
    if (known.has(delay)) continue;
    const place = [...node.place, "after", delay];
    if (!/^(0|[1-9][0-9]*)$/.test(delay)) {
      pass.refuse(place, `delay "${delay}" is code in XState; write its milliseconds`);
      continue;
    }
    const id = ["after", delay, ...node.path.split(".")].filter((part) => part !== "").join("_");
    const event = `After_${delay}_${node.path.replaceAll(".", "_")}`;
    pass.events.add(event);
    pass.own.add(event);
    after.push({ id, ms: delay, raise: event });
    on.push([event, itemsOf(value).map((item) => importTransition(pass, node, item, place))]);
  }
  return { after, on: Object.fromEntries(on) };
}

function listed(key: string, items: readonly Json[]): JsonObject {
  return items.length === 0 ? {} : { [key]: items };
}
