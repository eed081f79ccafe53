/** An element without text: charts need no more of XML. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  readonly children: readonly XmlElement[];
}

export function element(
  name: string,
  attributes: { readonly [name: string]: string },
  children: readonly XmlElement[] = [],
): XmlElement {
  return { name, attributes, children };
}

/** A whole document, indented by two spaces; ends in a line end. */
export function writeXml(root: XmlElement): string {
  return `${['<?xml version="1.0" encoding="UTF-8"?>', ...lines(root, "")].join("\n")}\n`;
}

function lines({ name, attributes, children }: XmlElement, pad: string): readonly string[] {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const start = `${pad}<${name}${pairs.join("")}`;
  if (children.length === 0) return [`${start}/>`];
  const inner = children.flatMap((child) => lines(child, `${pad}  `));
  return [`${start}>`, ...inner, `${pad}</${name}>`];
}

/** XML 1.0 §2.2 has no place for most control characters, not even escaped: they become U+FFFD. */
function escapeXml(text: string): string {
  return text.replace(
    /[&<>"\t\n\r]|[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu,
    (found) => {
      switch (found) {
        case "&":
          return "&amp;";
        case "<":
          return "&lt;";
        case ">":
          return "&gt;";
        case '"':
          return "&quot;";
        case "\t":
        case "\n":
        case "\r":
          return `&#${found.charCodeAt(0)};`;
        default:
          return "\uFFFD";
      }
    },
  );
}
