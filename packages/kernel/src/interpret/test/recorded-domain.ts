import type { JsonObject } from "../../json/json.ts";

/**
 * A deep history in a parallel state that nothing has recorded yet is aimed at from inside of it: so the parallel state is left, and leaving
 * it records the history, which then lies deeper than what was left (reading D7 of SCXML). Found by the property of random charts.
 */
export const RECORDED_DOMAIN: {
  readonly chart: JsonObject;
  readonly play: { readonly events: string[]; readonly truth: boolean[] };
} = {
  chart: {
    chart: "random",
    version: 1,
    regions: ["root"],
    transitions: {
      C: { by: ["client"] },
      A: { by: ["client"] },
      B: { by: ["client"] },
      R0: { by: ["client"] },
    },
    guards: {
      g3: { when: "true", reason: "g3" },
      g0: { when: "true", reason: "g0" },
      g2: { when: "true", reason: "g2" },
    },
    initial: ["s2.s3.s4.s5.s6"],
    states: {
      s1: { type: "final", entry: [{ raise: "R0" }], exit: [{ raise: "R0" }] },
      s2: {
        type: "parallel",
        states: {
          s3: {
            initial: "s4",
            states: {
              s4: {
                initial: ["s5.s6"],
                states: {
                  s5: {
                    initial: ["s6"],
                    states: {
                      s6: { type: "final" },
                      s7: {
                        on: {
                          C: [
                            { guards: ["g3"], target: ["#random.s2.s3.s4"] },
                            { guards: ["g0"], target: ["#random.s1"] },
                          ],
                        },
                      },
                      h8: { type: "history", history: "shallow", target: "s7" },
                    },
                  },
                },
                on: {
                  A: [
                    { guards: ["g3"], target: ["#random.s2.h10"] },
                    { guards: ["g2"], target: ["#random.s2.h10"] },
                  ],
                },
                onDone: [{ target: ["#random.h11"] }],
              },
              h9: { type: "history", history: "shallow" },
            },
            onDone: [{ guards: ["g2"], target: ["#random.s2.s3.s4.s5"] }],
          },
          h10: { type: "history", history: "deep" },
        },
        on: {
          A: [{}],
          B: [{ target: ["#random.s2.s3.h9"] }],
          R0: [{ target: ["#random.s2.s3.h9"] }],
        },
      },
      h11: { type: "history", history: "shallow" },
    },
    on: {
      A: [{ target: ["#random.s2.s3.h9"] }, { target: ["#random.s2.s3.h9"] }],
      B: [
        { target: ["#random.s2.s3.s4.s5.h8"] },
        { guards: ["g0"], actions: [{ raise: "R0" }], target: ["#random.s2"] },
      ],
      R0: [{ target: ["#random.s2.s3.s4.s5.h8"] }],
    },
  },
  play: { events: ["A"], truth: [true, false] },
};
