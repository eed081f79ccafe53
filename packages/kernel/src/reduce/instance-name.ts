import type { ProposalBody } from "../log/record.ts";

/** Where proposals go that name no instance (transition API). */
export const DEFAULT_INSTANCE = "project/default";

const INSTANCE = /^[a-z][a-z0-9_-]{0,31}\/[A-Za-z0-9_-]{1,128}$/;

/** `chart/id` as records keep it. */
export function isInstanceName(text: string): boolean {
  return INSTANCE.test(text);
}

/** The instance that a proposal is for. */
export function instanceOf({ instance }: ProposalBody): string {
  return instance ?? DEFAULT_INSTANCE;
}

/** The chart's name: what stands before the first slash; empty where there is none. */
export function chartNameOf(instance: string): string {
  const slash = instance.indexOf("/");
  return slash < 0 ? "" : instance.slice(0, slash);
}

/** What stands after the first slash. */
export function idOf(instance: string): string {
  return instance.slice(instance.indexOf("/") + 1);
}
