import type { Clock } from "@swoosh/kernel";
import type { ProposalChannel, TakeProposal } from "../providers/channel/proposal-channel.ts";
import type { Notify } from "../providers/provider.ts";

/** ms between attempts to connect. */
const CONNECT_MS = 5_000;

/**
 * Opens a channel, again and again until somebody is there, and after it was closed (as the end of the licence closes it):
 * proposals come over HTTP meanwhile.
 */
export function openChannel(
  channel: ProposalChannel,
  given: { readonly clock: Clock; readonly notify: Notify; readonly take: TakeProposal },
): { stop(): Promise<void> } {
  const { clock, notify, take } = given;
  let isStopped = false;
  let cancel = (): void => {};
  let isTold = false;
  const openLater = (): void => {
    cancel = clock.wakeAt(clock.now() + CONNECT_MS, () => {
      opening = open();
    });
  };
  const onClosed = (): void => {
    if (isStopped) return;
    notify("warn", `no proposals from ${channel.address}: its connection was closed`);
    isTold = true;
    openLater();
  };
  const open = async (): Promise<void> => {
    try {
      await channel.open(take, onClosed);
      isTold = false;
      notify("info", `listening for proposals on ${channel.address}`);
    } catch (error) {
      if (isStopped) return;
      if (!isTold)
        notify(
          "warn",
          `no proposals from ${channel.address}: ${error instanceof Error ? error.message : String(error)}`,
        );
      isTold = true;
      openLater();
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
