import { readCharts, SHIPPED_CHARTS } from "@swoosh/server";
import { createServerKernel } from "@swoosh/server/verify";
import { createBeginning, type Beginning } from "../beginning.ts";
import { remembering } from "../sim-charts.ts";
import { TEST_SIGNING, type Signing } from "../world/signing.ts";
import { PROJECT_INVARIANTS } from "./project-invariants.ts";
import { ProjectWorkload } from "./project-workload.ts";

/** A project's way to its end is some eighty records long. */
const STEPS_TIMES = 8;

/** Every evidence counts as stored: bytes are not what these worlds are about. */
export const PROJECT_SIGNING: Signing = {
  ...TEST_SIGNING,
  crypto: () => {
    const crypto = TEST_SIGNING.crypto();
    return {
      ...crypto,
      verify: async (attestations) => {
        const holds = await crypto.verify(attestations);
        return attestations.map(({ kind }, place) => kind === "evidence" || holds[place] === true);
      },
    };
  },
};

/** Worlds in which projects are driven: the shipped charts, the server's kernel with its guards. */
export function createProjectBeginning(
  stepsTimes = STEPS_TIMES,
  folder = SHIPPED_CHARTS,
): Promise<Beginning> {
  const kernel = remembering(createServerKernel());
  const all = readCharts(kernel, [folder], () => undefined);
  const identity = all.find(({ name }) => name === "identity");
  if (identity === undefined) throw new Error("there is no identity chart");
  const others = all.filter(({ name }) => name !== "identity");
  return createBeginning(
    { kernel, identity, others },
    {
      signing: PROJECT_SIGNING,
      workload: () => new ProjectWorkload(PROJECT_SIGNING.signer),
      invariants: PROJECT_INVARIANTS,
      stepsTimes,
    },
  );
}
