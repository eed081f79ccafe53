/** How often which kind of thing happened: what never happened in a run was not tested by it. */
export class Marks {
  readonly counts = new Map<string, number>();

  add(name: string, count = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  }

  addAll(other: Marks): void {
    for (const [name, count] of other.counts) this.add(name, count);
  }
}
