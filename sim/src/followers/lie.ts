import { canonicalize, type JsonObject } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";

/** A lie about the log. Whoever follows must stop at it, and take nothing of it. */
export type Lie = {
  readonly name: string;
  isTold: boolean;
  /** What was altered is signed by nobody: a copy knows only by the next record, or the head, that it was a lie. */
  readonly mayBeTaken: boolean;
} & (
  | { readonly kind: "head"; change(text: string): string }
  | {
      readonly kind: "records";
      /** Undefined where there is nothing to lie about. */
      change(texts: readonly string[]): readonly string[] | undefined;
    }
);

export function chooseLie(random: SeededRandom): Lie {
  const lie = random.pick(LIES) ?? headOfNobody;
  return lie(random.below(64));
}

const LIES: readonly ((dice: number) => Lie)[] = [
  (dice) => records("another signature", dice, (body) => ({ ...body, signature: forged(body) })),
  (dice) => records("another time", dice, (body) => ({ ...body, at: Number(body["at"]) + 1 })),
  (dice) =>
    records("another index", dice, (body) => ({ ...body, index: Number(body["index"]) + 1 })),
  headOfNobody,
];

/** One record of a page is not what the log has. */
function records(name: string, dice: number, change: (body: JsonObject) => JsonObject): Lie {
  return {
    name,
    isTold: false,
    mayBeTaken: name === "another time",
    kind: "records",
    change: (texts) => {
      if (texts.length === 0) return undefined;
      const place = dice % texts.length;
      return texts.map((text, at) =>
        at === place ? canonicalize(change(JSON.parse(text))) : text,
      );
    },
  };
}

/** A well-formed signature that is nobody's. */
function forged(body: JsonObject): string {
  const signature = String(body["signature"]);
  return `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
}

/** A head with another size than the one that was signed. */
function headOfNobody(): Lie {
  return {
    name: "a head that nobody signed",
    isTold: false,
    mayBeTaken: false,
    kind: "head",
    change: (text) => {
      const [origin = "", size = "", ...rest] = text.split("\n");
      return [origin, String(Number(size) + 1), ...rest].join("\n");
    },
  };
}
