import { describeGuards, part, type GuardRow, type Seen } from "./test/describe-guards.ts";

/** Guards of a review, as `project-guards.test.ts` has the others. */

const review = (
  approvals: readonly number[],
  rejections: readonly number[],
  more: Seen = {},
): Seen => ({
  ...more,
  context: {
    council: part("council", {
      members: ["k1", "k2", "k3"].map((key) => ({ key, role: "builder" })),
    }),
    execution: part("execution", { approvals, rejections, review_until: 9, threshold: 2 }),
  },
});

/** While the next council is elected. */
const vacant = (beat: number): Seen => ({
  beat,
  context: { execution: part("execution", { review_until: 9, threshold: 2 }) },
});

const APPROVALS: readonly GuardRow[] = [
  ["approved", "as many as the threshold", review([0, 2], []), null],
  [
    "approved",
    "one too few",
    review([0], []),
    /1 of 2 approvals; members owe theirs: \["builder k2","builder k3"\]/,
  ],
  [
    "approved",
    "rejections count for nothing",
    review([0], [1]),
    /members owe theirs: \["builder k3"\]/,
  ],
  ["isMember", "has a seat", review([], [], { signer: "k2" }), null],
  [
    "isMember",
    "has none",
    review([], [], { signer: "k9" }),
    /^k9 holds no seat of the council of term 1; its 3 members decide/,
  ],
  [
    "isMember",
    "has none, though a person",
    review([], [], { human: true, signer: "k9" }),
    /holds no seat/,
  ],
  ["votesOnce", "has not decided", review([0], [2], { signer: "k2" }), null],
  ["votesOnce", "holds no seat, which is another guard's", review([0], [], { signer: "k9" }), null],
  ["votesOnce", "has approved", review([1], [], { signer: "k2" }), /has decided already/],
  ["votesOnce", "has rejected", review([], [1], { signer: "k2" }), /has decided already/],
  ["cannotPass", "too many rejected", review([0], [1, 2], { beat: 9 }), null],
  ["cannotPass", "no council sits", vacant(9), /0 approvals, 0 rejections of 0/],
  ["cannotPass", "no council sits, its time passed", vacant(10), null],
  ["cannotPass", "its time passed", review([], [], { beat: 10 }), null],
  [
    "cannotPass",
    "it can, in its last beat",
    review([0], [1], { beat: 9 }),
    /1 approvals, 1 rejections of 3; 2 approvals are needed until beat 9/,
  ],
  ["cannotPass", "it can, without a beat", review([], []), /needed until beat 9/],
];

describeGuards("approvals", APPROVALS);
