/** Syntax tree of what the allow-list lets through. `offset` and `end`: UTF-16 units into the source. */
export type CelNode = { readonly offset: number; readonly end: number } & CelSyntax;

type CelSyntax =
  | { readonly op: "literal"; readonly value: null | boolean | number | string }
  | { readonly op: "name"; readonly name: string }
  | {
      readonly op: "field";
      readonly of: CelNode;
      readonly name: string;
      readonly nameOffset: number;
    }
  | { readonly op: "index"; readonly of: CelNode; readonly key: CelNode }
  | { readonly op: "not" | "negate"; readonly of: CelNode }
  | {
      readonly op: "binary";
      readonly how: BinaryOperator;
      readonly left: CelNode;
      readonly right: CelNode;
    }
  | { readonly op: "if"; readonly condition: CelNode; readonly yes: CelNode; readonly no: CelNode }
  | { readonly op: "list"; readonly items: readonly CelNode[] }
  | { readonly op: "map"; readonly entries: readonly (readonly [key: CelNode, value: CelNode])[] }
  | {
      readonly op: "call";
      readonly name: string;
      readonly nameOffset: number;
      /** undefined: a function, else a method. */
      readonly receiver: CelNode | undefined;
      readonly args: readonly CelNode[];
    };

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%";
export type OrderOperator = "<" | "<=" | ">" | ">=";
export type BinaryOperator = ArithmeticOperator | OrderOperator | "==" | "!=" | "in" | "&&" | "||";
