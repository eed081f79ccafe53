import { Unsupported } from "./unsupported.ts";
import type { XmlElement } from "./xml.ts";

export const STATE_TAGS = ["state", "parallel", "final", "history"];

/** Names of an SCXML document as the dialect writes them: renamed injectively, states addressed by path. */
export class ScxmlNames {
  readonly #paths = new Map<string, string>();
  readonly #names = new Map<XmlElement, string>();
  readonly #undefinedData: string[] = [];
  readonly data = new Map<string, unknown>();
  /** Every event that can occur by name, in SCXML's spelling. */
  readonly events = new Set<string>();

  constructor(root: XmlElement, scripted: readonly string[]) {
    for (const event of scripted) this.events.add(event);
    this.#walk(root, "");
    this.#inferData(root);
  }

  nameOf(state: XmlElement): string {
    return this.#names.get(state) ?? "";
  }

  path(id: string): string {
    const path = this.#paths.get(id);
    if (path === undefined) throw new Unsupported(`a state that is not there: ${id}`);
    return path;
  }

  pathOf(state: XmlElement): string {
    return this.path(state.attributes.get("id") ?? this.nameOf(state));
  }

  eventName(event: string): string {
    return `E_${escape(event)}`;
  }

  /** The events that a descriptor of a transition matches (SCXML 3.12.1). */
  matching(descriptors: string): readonly string[] {
    const prefixes = descriptors.split(/\s+/).map((text) => text.replace(/\.?\*$/, ""));
    return [...this.events].filter((event) =>
      prefixes.some(
        (prefix) => prefix === "" || event === prefix || event.startsWith(`${prefix}.`),
      ),
    );
  }

  #walk(element: XmlElement, path: string): void {
    if (element.name === "data") this.#readData(element);
    const event = element.attributes.get("event");
    if (event !== undefined) {
      for (const name of event.split(/\s+/)) if (!name.endsWith("*")) this.events.add(name);
    }
    let below = path;
    if (STATE_TAGS.includes(element.name)) {
      const id = element.attributes.get("id");
      const name = id === undefined ? `anonymous_${this.#names.size}` : `s_${escape(id)}`;
      this.#names.set(element, name);
      below = path === "" ? name : `${path}.${name}`;
      this.#paths.set(id ?? name, below);
      if (id !== undefined && element.name !== "final") this.events.add(`done.state.${id}`);
    }
    for (const child of element.children) this.#walk(child, below);
  }

  /** Data without a value gets the type of what is assigned to it: an integer everywhere in these documents. */
  #inferData(root: XmlElement): void {
    for (const id of this.#undefinedData) {
      const assigned = everyElement(root).filter((one) => one.attributes.get("location") === id);
      const integers = assigned.every(
        (one) =>
          /^[-\d]/.test(one.attributes.get("expr") ?? "") ||
          one.attributes.get("expr")?.includes(id) === true,
      );
      if (integers) this.data.set(id, 0);
    }
  }

  #readData(element: XmlElement): void {
    const id = element.attributes.get("id") ?? "";
    const text = (element.attributes.get("expr") ?? element.text).trim();
    if (text === "" && !element.attributes.has("src")) this.#undefinedData.push(id);
    if (/^-?\d+$/.test(text)) this.data.set(id, Number(text));
    else if (text === "true" || text === "false") this.data.set(id, text === "true");
    else if (/^'[^'\\]*'$/.test(text)) this.data.set(id, text.slice(1, -1));
    else if (/^\[\s*(\d+\s*(,\s*\d+\s*)*)?\]$/.test(text)) this.data.set(id, JSON.parse(text));
  }
}

function escape(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, (unit) => `_${unit.charCodeAt(0).toString(16)}_`);
}

function everyElement(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(everyElement)];
}
