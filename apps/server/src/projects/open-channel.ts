import type { Clock } from "@swoosh/kernel";
import type { ProposalChannel, TakeProposal } from "../providers/channel/proposal-channel.ts";
import type { Notify } from "../providers/provider.ts";

/** ms between attempts to connect. */
const CONNECT_MS = 5_000;

/** Opens a channel, again and again until somebody is there: proposals come over HTTP meanwhile. */
export function openChannel(
  channel: ProposalChannel,
  given: { readonly clock: Clock; readonly notify: Notify; readonly take: TakeProposal },
): { stop(): Promise<void> } {
  const { clock, notify, take } = given;
  let isStopped = false;
  let cancel = (): void => {};
  let isTold = false;
  const open = async (): Promise<void> => {
    try {
      await channel.open(take);
      notify("info", `listening for proposals on ${channel.address}`);
    } catch (error) {
      if (isStopped) return;
      if (!isTold)
        notify(
          "warn",
          `no proposals from ${channel.address}: ${error instanceof Error ? error.message : String(error)}`,
        );
      isTold = true;
      cancel = clock.wakeAt(clock.now() + CONNECT_MS, () => {
        opening = open();
      });
    }
  };
  let opening = open();
  return {
    async stop() {
      isStopped = true;
      cancel();
      await opening;
      await channel.close();
    },
  };
}
