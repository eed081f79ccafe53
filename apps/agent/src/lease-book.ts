import type { Task } from "./task-worker.ts";
import { WorkProblem } from "./work-problem.ts";

type Lease = Pick<Task, "fence" | "session">;

/**
 * The highest fence seen for each session, and whether the log has its outcome: executors refuse a lower fence, and do nothing twice
 * that has ended, however late a lease comes again. Work that was stopped has not ended: the same lease begins it anew.
 */
export class LeaseBook {
  readonly #seen = new Map<string, { readonly fence: number; readonly isEnded: boolean }>();

  /** Is there work to do under this lease? Throws a `WorkProblem` where a newer one is known. */
  take({ fence, session }: Lease): boolean {
    const seen = this.#seen.get(session);
    if (seen !== undefined && fence < seen.fence)
      throw new WorkProblem("old_fence", `fence ${fence} is older than ${seen.fence}`);
    if (seen?.fence === fence && seen.isEnded) return false;
    this.#seen.set(session, { fence, isEnded: false });
    return true;
  }

  /** The log has its outcome. */
  end({ fence, session }: Lease): void {
    if (this.#seen.get(session)?.fence === fence) this.#seen.set(session, { fence, isEnded: true });
  }
}
