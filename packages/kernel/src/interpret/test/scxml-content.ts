import type { Json, JsonObject } from "../../json/json.ts";
import { jsToCel } from "./js-to-cel.ts";
import type { ScxmlNames } from "./scxml-names.ts";
import { Unsupported } from "./unsupported.ts";
import type { XmlElement } from "./xml.ts";

const SCXML_PROCESSORS = ["", "scxml", "http://www.w3.org/TR/scxml/#SCXMLEventProcessor"];
const STATEMENT = /^(?:var\s+)?([A-Za-z_$][\w$]*)\s*([-+*]?=|\+\+|--)(?!=)\s*([\s\S]*)$/;

/** Turns executable content into the dialect's actions; effects of `send` get ids of their own. */
export class ContentConverter {
  readonly #names: ScxmlNames;
  /** Events that some transition takes: only those need be raised. */
  readonly #taken: ReadonlySet<string>;
  readonly #readSource: (name: string) => string;
  readonly #sendIds = new Map<string, string[]>();
  #sends = 0;
  /** Branches of `<if>` that the content at hand stands in: names of context keys. */
  #branches: readonly string[] = [];

  constructor(names: ScxmlNames, taken: ReadonlySet<string>, readSource: (name: string) => string) {
    this.#names = names;
    this.#taken = taken;
    this.#readSource = readSource;
  }

  actions(elements: readonly XmlElement[]): readonly JsonObject[] {
    return elements.flatMap((element) => this.#action(element));
  }

  cel(source: string): string {
    const names = {
      data: new Set(this.#names.data.keys()),
      path: (id: string) => this.#names.path(id),
    };
    return jsToCel(source, names);
  }

  #action(element: XmlElement): readonly JsonObject[] {
    const attribute = (name: string): string => element.attributes.get(name) ?? "";
    switch (element.name) {
      case "log":
        return [];
      case "assign":
        return [this.#assign(attribute("location"), attribute("expr") || element.text)];
      case "raise":
        return this.#raise(attribute("event"));
      case "send":
        return this.#send(element, attribute);
      case "cancel":
        if (element.attributes.has("sendidexpr")) throw new Unsupported("cancel with sendidexpr");
        return (this.#sendIds.get(attribute("sendid")) ?? []).map((id) => ({ cancel: id }));
      case "script":
        return this.#script(element);
      case "if":
        return this.#if(element);
      default:
        throw new Unsupported(`executable content: <${element.name}>`);
    }
  }

  #assign(location: string, expression: string): JsonObject {
    if (!this.#names.data.has(location)) {
      const what = location.startsWith("_")
        ? "a system variable"
        : "an assignment to what no <data> declares with a value of one type";
      throw new Unsupported(`${what}: ${location}`);
    }
    const value = this.cel(expression);
    const [...branches] = this.#branches;
    if (branches.length === 0) return { assign: { [location]: value } };
    const condition = branches.map((flag) => `context.${flag}`).join(" && ");
    return { assign: { [location]: `${condition} ? (${value}) : context.${location}` } };
  }

  /** Each branch gets a flag in the context, so that what it assigns can be made conditional. */
  #if(element: XmlElement): readonly JsonObject[] {
    const around = this.#branches;
    const actions: JsonObject[] = [];
    const before: string[] = [];
    const begin = (condition: string): void => {
      const flag = `if_${this.#names.data.size}`;
      this.#names.data.set(flag, false);
      const parts = [
        ...around.map((name) => `context.${name}`),
        ...before.map((name) => `!context.${name}`),
      ];
      actions.push({ assign: { [flag]: [...parts, `(${condition})`].join(" && ") } });
      before.push(flag);
      this.#branches = [...around, flag];
    };
    begin(this.cel(element.attributes.get("cond") ?? ""));
    for (const child of element.children) {
      if (child.name === "elseif") begin(this.cel(child.attributes.get("cond") ?? ""));
      else if (child.name === "else") begin("true");
      else actions.push(...this.#action(child));
    }
    this.#branches = around;
    return actions;
  }

  #refuseBranch(what: string): void {
    if (this.#branches.length > 0) throw new Unsupported(`${what} inside <if>`);
  }

  #raise(event: string): readonly JsonObject[] {
    this.#refuseBranch("<raise>");
    return this.#taken.has(event) ? [{ raise: this.#names.eventName(event) }] : [];
  }

  #script(element: XmlElement): readonly JsonObject[] {
    const file = element.attributes.get("src");
    const source = file === undefined ? element.text : this.#readSource(file);
    const code = source.replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
    const statements = code.split(/;|\n/).map((text) => text.trim());
    return statements
      .filter((text) => text !== "")
      .map((text) => {
        const [, name = "", sign = "", value = ""] = STATEMENT.exec(text) ?? [];
        if (sign === "") throw new Unsupported(`script: ${text}`);
        if (sign === "=") return this.#assign(name, value);
        const operand = value === "" ? "1" : `(${value})`;
        return this.#assign(name, `${name} ${sign.charAt(0)} ${operand}`);
      });
  }

  #send(element: XmlElement, attribute: (name: string) => string): readonly JsonObject[] {
    this.#refuseBranch("<send>");
    for (const name of ["eventexpr", "targetexpr", "typeexpr", "idlocation"]) {
      if (element.attributes.has(name)) throw new Unsupported(`send with ${name}`);
    }
    if (!SCXML_PROCESSORS.includes(attribute("type")))
      throw new Unsupported("send to another processor");
    const unknown = attribute("namelist")
      .split(/\s+/)
      .find((name) => !this.#names.data.has(name));
    if (unknown !== undefined && unknown !== "")
      throw new Unsupported("an event for errors in <send>");
    const target = attribute("target");
    if (target !== "" && target !== "#_internal") throw new Unsupported(`send to ${target}`);
    const event = attribute("event");
    if (target === "#_internal") return this.#raise(event);
    if (!this.#taken.has(event)) return [];
    const id = `send_${this.#sends}`;
    this.#sends += 1;
    const known = this.#sendIds.get(attribute("id")) ?? [];
    this.#sendIds.set(attribute("id"), [...known, id]);
    const computed = attribute("delayexpr");
    const delay = computed === "" ? JSON.stringify(attribute("delay")) : this.cel(computed);
    const name = this.#names.eventName(event);
    const payload: Json = `{'event': '${name}', 'delay': ${delay}}`;
    const emit = { id, effect: "send", owner: "'self'", with: payload, deadlineMs: "3600000" };
    return [{ emit: { ...emit, onDeadline: name, answer: [name], keep: true } }];
  }
}
