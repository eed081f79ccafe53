import { LineCounter, parseDocument } from "yaml";
import type { Json } from "../json/json.ts";
import type { Position, Positions, YamlPath } from "./positions.ts";

export interface YamlLimits {
  /** UTF-8 bytes of the file; `CHART_BYTES_MAX` unless given. */
  readonly bytesMax?: number;
  /** Maps and lists inside one another; `DEPTH_MAX` unless given. */
  readonly depthMax?: number;
}

export interface YamlProblem {
  readonly message: string;
  readonly path: YamlPath;
  /** 1-based; columns count UTF-16 units. */
  readonly line: number;
  readonly column: number;
}

export interface ParsedYaml {
  /** Keys in the order of the file; undefined where any problem was found. */
  readonly value: Json | undefined;
  /** Every problem of the file, in order of position. */
  readonly problems: readonly YamlProblem[];
  readonly positions: Positions;
}

/** (thin slice: the library's reading, positions from its nodes; the refusals follow) */
export function parseYaml(text: string, _limits: YamlLimits = {}): ParsedYaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const problems = document.errors.map((error) => ({
    message: error.message,
    path: [],
    ...at(error.pos[0]),
  }));
  const find = (path: YamlPath): Position => {
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (
        typeof node === "object" &&
        node !== null &&
        "range" in node &&
        Array.isArray(node.range)
      ) {
        return at(Number(node.range[0]));
      }
    }
    return { line: 1, column: 1 };
  };
  const value: Json | undefined = problems.length === 0 ? document.toJS() : undefined;
  return { value, problems, positions: { key: find, value: find, within: (path) => find(path) } };
}
