import type { Kernel, Verdict } from "@swoosh/kernel";
import type { Planted } from "./planted.ts";

type ReduceInput = Parameters<Kernel["reduce"]>[1];
type Proposal = Extract<ReduceInput, { kind: "proposal" }>;
type Refusal = Extract<Verdict, { kind: "refused" }>;

/** A kernel whose reduce gets another input for proposals. */
const asking =
  (change: (input: Proposal, count: number) => Proposal) =>
  (kernel: Kernel): Kernel => {
    let count = 0;
    return {
      ...kernel,
      reduce: (state, input) => {
        count += 1;
        return kernel.reduce(state, input.kind === "proposal" ? change(input, count) : input);
      },
    };
  };

/** A kernel that words its refusals otherwise. */
const refusing =
  (change: (refusal: Refusal, input: ReduceInput) => Refusal) =>
  (kernel: Kernel): Kernel => ({
    ...kernel,
    reduce: (state, input) => {
      const verdict = kernel.reduce(state, input);
      return verdict.kind === "refused" ? change(verdict, input) : verdict;
    },
  });

const NO: Refusal = {
  kind: "refused",
  code: "chart_failed",
  guard: null,
  reasons: [],
  outcomes: [],
  head: null,
};

const SEEDS = 40;

export const KERNEL_PLANTINGS: readonly Planted[] = [
  {
    name: "forgets keys",
    what: "reduce never learns that a key was used",
    found: ["chain", "exactly once", "refusals"],
    seedsMax: SEEDS,
    plant: () => ({ kernel: asking((input) => ({ ...input, seen: undefined })) }),
  },
  {
    name: "knows keys alone",
    what: "any operation under a known key counts as the same one",
    found: ["exactly once", "refusals"],
    seedsMax: SEEDS,
    plant: () => ({
      kernel: (kernel) => ({
        ...kernel,
        reduce: (state, input) => {
          const verdict = kernel.reduce(state, input);
          const isKnown = input.kind === "proposal" && input.seen !== undefined;
          return isKnown && verdict.kind === "refused" && verdict.code === "idem_conflict"
            ? { kind: "duplicate", index: input.seen.index }
            : verdict;
        },
      }),
    }),
  },
  {
    name: "answers with a count",
    what: "the answer is not made from the record alone",
    found: ["exactly once", "refusals"],
    seedsMax: SEEDS,
    plant: () => ({
      kernel: (kernel) => {
        let count = 0;
        return {
          ...kernel,
          answer: (record, leaf) => `${kernel.answer(record, leaf)}${(count += 1)}`,
        };
      },
    }),
  },
  {
    name: "answers of the neighbour",
    what: "the answer names the leaf hash of another record",
    found: ["exactly once", "refusals"],
    seedsMax: SEEDS,
    plant: () => ({
      kernel: (kernel) => ({
        ...kernel,
        answer: (record) => kernel.answer(record, record.prev),
      }),
    }),
  },
  {
    name: "odd inputs",
    what: "every fifth proposal is reduced with inputs that nobody signed",
    found: ["chain", "durability", "refusals", "exactly once"],
    seedsMax: SEEDS,
    plant: () => ({
      kernel: asking((input, count) =>
        count % 5 === 0 ? { ...input, inputs: { item: "odd" } } : input,
      ),
    }),
  },
  {
    name: "takes any head",
    what: "a proposal is made to name the present head",
    found: ["durability", "unknowns", "exactly once", "refusals"],
    seedsMax: SEEDS,
    plant: () => ({
      kernel: (kernel) => ({
        ...kernel,
        reduce: (state, input) => {
          if (input.kind !== "proposal") return kernel.reduce(state, input);
          const hash = state.head(input.proposal.instance ?? "")?.hash;
          const proposal =
            hash === undefined ? input.proposal : { ...input.proposal, current_state_hash: hash };
          return kernel.reduce(state, { ...input, proposal });
        },
      }),
    }),
  },
  {
    name: "believes every clock",
    what: "the proposal's own clock counts as the engine's",
    found: ["chain", "refusals", "unknowns", "durability", "records", "exactly once"],
    seedsMax: SEEDS,
    plant: () => ({
      kernel: (kernel) => ({
        ...kernel,
        reduce: (state, input) => {
          const verdict = kernel.reduce(state, input);
          const isClock = verdict.kind === "refused" && verdict.code === "clock_ahead";
          if (!isClock || input.kind !== "proposal") return verdict;
          const now = Date.parse(input.proposal.hlc.split("#")[0] ?? "");
          return kernel.reduce(state, { ...input, moment: { ...input.moment, now } });
        },
      }),
    }),
  },
  {
    name: "time goes back",
    what: "records get the clock's reading, though it was set back",
    found: ["chain"],
    seedsMax: SEEDS,
    plant: () => ({
      kernel: asking((input) => ({ ...input, moment: { ...input.moment, at: input.moment.now } })),
    }),
  },
  {
    name: "wrong guard",
    what: "a refusal names another guard than the one that failed",
    found: ["refusals"],
    seedsMax: SEEDS,
    plant: () => ({
      kernel: refusing((refusal) =>
        refusal.code === "guard_failed" ? { ...refusal, guard: "luck" } : refusal,
      ),
    }),
  },
  {
    name: "no reasons",
    what: "refusals do not say why",
    found: ["refusals"],
    seedsMax: SEEDS,
    plant: () => ({ kernel: refusing((refusal) => ({ ...refusal, reasons: [] })) }),
  },
  {
    name: "guards left out",
    what: "a refusal lists the outcome of its first guard alone",
    found: ["refusals"],
    seedsMax: 60,
    plant: () => ({
      kernel: refusing((refusal) => ({ ...refusal, outcomes: refusal.outcomes.slice(0, -1) })),
    }),
  },
  {
    name: "stale for forbidden",
    what: "who may not is told that the state has moved",
    found: ["refusals"],
    seedsMax: SEEDS,
    plant: () => ({
      kernel: refusing((refusal) =>
        refusal.code === "forbidden" ? { ...refusal, code: "stale_state" } : refusal,
      ),
    }),
  },
  {
    name: "not enabled for ended",
    what: "what has ended is said to be not enabled",
    found: ["refusals"],
    seedsMax: 100,
    plant: () => ({
      kernel: refusing((refusal) =>
        refusal.code === "ended" ? { ...refusal, code: "not_enabled" } : refusal,
      ),
    }),
  },
  {
    name: "timers never fire",
    what: "the engine's own timer records are refused",
    found: ["records"],
    seedsMax: 100,
    plant: () => ({
      kernel: (kernel) => ({
        ...kernel,
        reduce: (state, input) =>
          input.kind === "engine" && input.act.act === "@timer"
            ? { ...NO, reasons: ["planted"] }
            : kernel.reduce(state, input),
      }),
    }),
  },
  {
    name: "drops an outcome",
    what: "records are written without their last guard outcome",
    found: ["chain", "durability", "states"],
    seedsMax: SEEDS,
    plant: () => ({
      kernel: (kernel) => ({
        ...kernel,
        reduce: (state, input) => {
          const verdict = kernel.reduce(state, input);
          if (verdict.kind !== "accepted" || verdict.record.outcomes.length === 0) return verdict;
          const text = verdict.text.replace(/"outcomes":\[\{/u, '"outcomes":[{"x":1,');
          return { ...verdict, text };
        },
      }),
    }),
  },
  {
    name: "loses a part",
    what: "a join's other instance keeps its old state",
    found: ["chain", "reads", "refusals"],
    seedsMax: 100,
    plant: () => ({
      kernel: (kernel) => ({
        ...kernel,
        reduce: (state, input) => {
          const verdict = kernel.reduce(state, input);
          return verdict.kind === "accepted" && verdict.heads.length > 1
            ? { ...verdict, heads: verdict.heads.slice(0, 1) }
            : verdict;
        },
      }),
    }),
  },
  {
    name: "effects twice",
    what: "an effect is handed out under a name that no record gave it",
    found: ["durability"],
    seedsMax: SEEDS,
    plant: () => ({
      kernel: (kernel) => ({
        ...kernel,
        reduce: (state, input) => {
          const verdict = kernel.reduce(state, input);
          if (verdict.kind !== "accepted") return verdict;
          const opened = verdict.effects.opened.map((effect) => ({
            ...effect,
            id: `${effect.id}x`,
          }));
          return { ...verdict, effects: { ...verdict.effects, opened } };
        },
      }),
    }),
  },
  {
    name: "a tree that is wrong for a while",
    what: "after the second start inner nodes of the tree are hashed without their right side; from the third on all is well",
    found: ["states"],
    seedsMax: SEEDS,
    plant: () => {
      let starts = 0;
      return {
        journal: (inner) => {
          starts += 1;
          return inner;
        },
        kernel: (kernel) => {
          const { hasher } = kernel;
          const sha256 = (data: string | Uint8Array): Uint8Array => {
            const isNode = typeof data !== "string" && data.length === 65 && data[0] === 1;
            return hasher.sha256(isNode && starts === 2 ? data.subarray(0, 33) : data);
          };
          return { ...kernel, hasher: { ...hasher, sha256 } };
        },
      };
    },
  },
];
