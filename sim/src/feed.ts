/** Something that reaches a node from outside. */
export type FedEvent =
  | { readonly kind: "clock"; readonly nowMs: number }
  | { readonly kind: "propose"; readonly text: string; readonly dryRun: boolean };

/** An event, and how many records there were when the node had come to rest after it. */
export interface FedStep {
  readonly event: FedEvent;
  size: number;
}

/** What reaches the node of a run, one thing after the other: another node that is fed with it must have the same log. */
export class Feed {
  readonly steps: FedStep[] = [];

  note(event: FedEvent): void {
    this.steps.push({ event, size: 0 });
  }

  rested(size: number): void {
    const last = this.steps.at(-1);
    if (last !== undefined) last.size = size;
  }
}
