/** A cell of a way and the visit before it in time, backtracks included: copies share their past. */
export interface Way {
  readonly cell: number;
  readonly earlier: Way | undefined;
}

/** What two states of a mesh must have in common to be the same; whoever has them in its own form hands them in. */
export interface StateParts {
  readonly counts: {
    readonly injected: number;
    readonly delivered: number;
    readonly ended: number;
    readonly duplicates: number;
  };
  readonly dead: readonly number[];
  /** Those under way. Each copy's way ends where the copy is. */
  readonly shards: readonly {
    readonly id: number;
    readonly payload: string;
    readonly to: number;
    readonly bornTick: number;
    readonly ttlTicks: number;
    readonly copies: readonly Way[];
  }[];
}

/** A state as JSON in one order, lean: values without names, as in the lines of a log. */
export function stateText({ counts, dead, shards }: StateParts): string {
  const { injected, delivered, ended, duplicates } = counts;
  return JSON.stringify([
    [injected, delivered, ended, duplicates],
    [...dead].sort((left, right) => left - right),
    [...shards]
      .sort((left, right) => left.id - right.id)
      .map(({ id, payload, to, bornTick, ttlTicks, copies }) => [
        id,
        payload,
        to,
        bornTick,
        ttlTicks,
        [...copies].sort((left, right) => left.cell - right.cell).map(cellsOf),
      ]),
  ]);
}

/** The cells of a way, its origin first. */
export function wayText(way: Way): string {
  return cellsOf(way).join(" ");
}

function cellsOf(last: Way): readonly number[] {
  const cells: number[] = [];
  for (let visit: Way | undefined = last; visit !== undefined; visit = visit.earlier)
    cells.push(visit.cell);
  return cells.reverse();
}
