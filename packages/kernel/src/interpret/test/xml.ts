/** An element of a small XML reader for SCXML test files: prefixes and namespaces are dropped, text is joined. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE[^>]*>|<\/\s*([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: { readonly [name: string]: string } = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

export function parseXml(text: string): XmlElement {
  const top: XmlElement = { name: "", attributes: new Map(), children: [], text: "" };
  const open: XmlElement[] = [top];
  for (const [, cdata, closed, name, attributes, selfClosed, plain] of text.matchAll(TOKEN)) {
    const parent = open.at(-1) ?? top;
    if (cdata !== undefined) parent.text += cdata;
    else if (plain !== undefined) parent.text += unescape(plain);
    else if (closed !== undefined) open.pop();
    else if (name !== undefined) {
      const element: XmlElement = {
        name: withoutPrefix(name),
        attributes: readAttributes(attributes ?? ""),
        children: [],
        text: "",
      };
      parent.children.push(element);
      if (selfClosed !== "/") open.push(element);
    }
  }
  const [root] = top.children;
  if (root === undefined) throw new Error("the file has no element");
  return root;
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const entries = [...text.matchAll(ATTRIBUTE)].map(([, name, double, single]) => {
    return [withoutPrefix(name ?? ""), unescape(double ?? single ?? "")] as const;
  });
  return new Map(entries);
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function unescape(text: string): string {
  return text.replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
