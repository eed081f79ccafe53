import type { Answer } from "@swoosh/kernel";
import type { Planted } from "./planted.ts";

const SEEDS = 40;

/** Changes every n-th acceptance that is no dry run. */
const everyAccepted = (
  nth: number,
  change: (answer: Extract<Answer, { kind: "accepted" }>) => Answer,
): ((answer: Answer) => Answer) => {
  let count = 0;
  return (answer) => {
    if (answer.kind !== "accepted" || answer.dryRun) return answer;
    count += 1;
    return count % nth === 0 ? change(answer) : answer;
  };
};

const refusal = (code: "not_enabled" | "overloaded"): Answer => ({
  kind: "refused",
  refused: { kind: "refused", code, guard: null, reasons: ["planted"], outcomes: [], head: null },
  retryAfterMs: null,
});

export const EDGE_PLANTINGS: readonly Planted[] = [
  {
    name: "every signature holds",
    what: "signatures are not looked at",
    found: ["records", "refusals", "durability", "exactly once"],
    seedsMax: SEEDS,
    plant: () => ({
      crypto: (inner) => ({
        node: inner.node,
        sign: (bytes) => inner.sign(bytes),
        verify: async (all) => all.map(() => true),
      }),
    }),
  },
  {
    name: "no signature holds, now and then",
    what: "every seventh signature is refused though it is sound",
    found: ["refusals"],
    seedsMax: SEEDS,
    plant: () => {
      let count = 0;
      return {
        crypto: (inner) => ({
          node: inner.node,
          sign: (bytes) => inner.sign(bytes),
          verify: async (all) => {
            count += 1;
            return count % 7 === 0 ? all.map(() => false) : inner.verify(all);
          },
        }),
      };
    },
  },
  {
    name: "publishes twice",
    what: "a record leaves the node two times",
    found: ["streams"],
    seedsMax: SEEDS,
    plant: () => ({
      transport: (inner) => ({
        ...inner,
        publish: (index, text, leaf) => {
          inner.publish(index, text, leaf);
          inner.publish(index, text, leaf);
        },
      }),
    }),
  },
  {
    name: "publishes every other",
    what: "records of even index do not leave the node",
    found: ["streams"],
    seedsMax: SEEDS,
    plant: () => ({
      transport: (inner) => ({
        ...inner,
        publish: (index, text, leaf) => {
          if (index % 2 === 1) inner.publish(index, text, leaf);
        },
      }),
    }),
  },
  {
    name: "publishes too early",
    what: "a record leaves the node under the index of the next",
    found: ["durability", "streams"],
    seedsMax: SEEDS,
    plant: () => ({
      transport: (inner) => ({
        ...inner,
        publish: (index, text, leaf) => inner.publish(index + 1, text, leaf),
      }),
    }),
  },
  {
    name: "hands out what nobody asked for",
    what: "withdrawn effects are handed out again under another name",
    found: ["durability"],
    seedsMax: 100,
    plant: () => ({
      transport: (inner) => ({
        ...inner,
        dispatch: (effect) => {
          inner.dispatch(effect);
          inner.dispatch({ ...effect, id: `${effect.id}-again` });
        },
      }),
    }),
  },
  {
    name: "says accepted, forgets",
    what: "an overloaded engine tells some that they were recorded",
    found: ["exactly once", "durability", "real time", "refusals"],
    seedsMax: SEEDS,
    plant: () => ({
      answer: (answer, size) =>
        answer.kind === "refused" && answer.refused.code === "overloaded"
          ? { kind: "accepted", index: size, replayed: false, dryRun: false, text: "{}" }
          : answer,
    }),
  },
  {
    name: "says refused, records",
    what: "some that were recorded are told that they may not",
    found: ["unknowns", "refusals"],
    seedsMax: SEEDS,
    plant: () => ({ answer: everyAccepted(3, () => refusal("not_enabled")) }),
  },
  {
    name: "says overloaded, records",
    what: "some that were recorded are told to come again",
    found: ["unknowns"],
    seedsMax: SEEDS,
    plant: () => ({
      answer: everyAccepted(3, (answer) => (answer.replayed ? answer : refusal("overloaded"))),
    }),
  },
  {
    name: "off by one",
    what: "every third answer names the record after its own",
    found: ["exactly once", "real time"],
    seedsMax: SEEDS,
    plant: () => ({
      answer: everyAccepted(3, (answer) => ({ ...answer, index: answer.index + 1 })),
    }),
  },
  {
    name: "never says replayed",
    what: "a second delivery is answered as if it were the first",
    found: ["exactly once", "real time", "refusals"],
    seedsMax: SEEDS,
    plant: () => ({ answer: everyAccepted(1, (answer) => ({ ...answer, replayed: false })) }),
  },
  {
    name: "always says replayed",
    what: "a first delivery is answered as if it were a second",
    found: ["unknowns", "exactly once"],
    seedsMax: SEEDS,
    plant: () => ({ answer: everyAccepted(1, (answer) => ({ ...answer, replayed: true })) }),
  },
  {
    name: "answers the one before",
    what: "every fourth client hears what the client before it was told",
    found: ["exactly once", "real time", "refusals", "unknowns"],
    seedsMax: SEEDS,
    plant: () => {
      let former: Answer | null = null;
      let count = 0;
      return {
        answer: (answer) => {
          count += 1;
          const told = count % 4 === 0 && former !== null ? former : answer;
          former = answer;
          return told;
        },
      };
    },
  },
  {
    name: "reads what was",
    what: "a read gives the head that the read before it saw",
    found: ["reads"],
    seedsMax: 100,
    plant: () => ({ read: (head, former) => former ?? head }),
  },
  {
    name: "reads what is not",
    what: "an instance that is there is read as absent",
    found: ["reads"],
    seedsMax: SEEDS,
    plant: () => ({
      read: (head) => (head === undefined || head.index % 3 > 0 ? head : undefined),
    }),
  },
  {
    name: "reads another's",
    what: "a read gives the right hash with the index of the next record",
    found: ["reads", "real time"],
    seedsMax: SEEDS,
    plant: () => ({
      read: (head) => (head === undefined ? head : { ...head, index: head.index + 1 }),
    }),
  },
  {
    name: "a tree ahead",
    what: "a checkpoint claims a record that is not there yet",
    found: ["real time", "records"],
    seedsMax: SEEDS,
    plant: () => ({ checkpoint: ({ root, size }) => ({ root, size: size + 1 }) }),
  },
  {
    name: "a tree from yesterday",
    what: "the first checkpoint is given for ever",
    found: ["records"],
    seedsMax: 100,
    plant: () => {
      let first: { readonly size: number; readonly root: string } | null = null;
      return { checkpoint: (checkpoint) => (first ??= checkpoint) };
    },
  },
  {
    name: "a stream with a hole",
    what: "every fifth record is left out of streams",
    found: ["streams"],
    seedsMax: SEEDS,
    plant: () => ({ stream: (entry) => (entry.index % 5 === 4 ? undefined : entry) }),
  },
  {
    name: "a stream that stutters",
    what: "every fifth record comes under the index of the one before",
    found: ["streams"],
    seedsMax: SEEDS,
    plant: () => ({
      stream: (entry) => (entry.index % 5 === 4 ? { ...entry, index: entry.index - 1 } : entry),
    }),
  },
  {
    name: "a stream of lies",
    what: "a streamed record differs in its time from the one in the log",
    found: ["streams"],
    seedsMax: SEEDS,
    plant: () => ({
      stream: ({ index, text }) => ({ index, text: text.replace('"at":1', '"at":2') }),
    }),
  },
  {
    name: "decisions without their last guard",
    what: "whoever asks why a record was accepted is not told of its last guard",
    found: ["records"],
    seedsMax: SEEDS,
    plant: () => ({
      decision: (decision) => {
        const outcomes = decision["guard_outcomes"];
        return Array.isArray(outcomes) && outcomes.length > 0
          ? { ...decision, guard_outcomes: outcomes.slice(0, -1) }
          : decision;
      },
    }),
  },
];
