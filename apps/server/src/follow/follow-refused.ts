import type { ServerErrorCode } from "../server-error-code.ts";

export type FollowRefusal = Extract<ServerErrorCode, "forked" | "unsound_record">;

/** The log that was followed is not what it was, or its next record is not what it must be. Nothing of it was taken. */
export class FollowRefused extends Error {
  override readonly name = "FollowRefused";
  readonly code: FollowRefusal;
  /** Of the first record that differs, or cannot be taken. */
  readonly index: number;
  /** Folder with what proves it. */
  readonly evidence: string;

  constructor(code: FollowRefusal, about: { index: number; evidence: string; problem: string }) {
    const { evidence, index, problem } = about;
    super(
      `${problem}. Nothing of it was taken, and this follower stops; what proves it is kept in ${evidence}. ` +
        "Choices: find out which of the two logs its users were answered from, and follow that one with a new folder; " +
        "or, where this copy is the right one, put it in the place of the other (docs/following.md)",
    );
    this.code = code;
    this.index = index;
    this.evidence = evidence;
  }
}
