/** Takes one proposal as it came; gives the answer's text, a record's or a problem's. Rejects on our own mistakes alone. */
export type TakeProposal = (
  text: string,
) => Promise<{ readonly status: number; readonly text: string }>;

/**
 * The port through which proposals arrive: votes, claims and all others. The signature is trusted, never the channel, so every form has the
 * same door behind it. HTTP (`POST /transition`) is one that is always open; others are opened beside it.
 */
export interface ProposalChannel {
  /** In words, for people. */
  readonly address: string;
  /** Resolves when proposals are listened for. Rejects where it cannot connect. `onClosed`: it ended, and nobody called `close`. */
  open(take: TakeProposal, onClosed: () => void): Promise<void>;
  /** Resolves when nothing is connected any more, and what was taken is answered; may be called twice. */
  close(): Promise<void>;
}
