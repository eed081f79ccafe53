/** Ids of tasks that can never start, since they wait for one another or for such: in the given order; none where some order does them all. */
export function tasksOnCircles(
  tasks: readonly { readonly id: string; readonly needs: readonly string[] }[],
): readonly string[] {
  const done = new Set<string>();
  for (;;) {
    const ready = tasks.filter(
      ({ id, needs }) => !done.has(id) && needs.every((need) => done.has(need)),
    );
    if (ready.length === 0) break;
    for (const { id } of ready) done.add(id);
  }
  return tasks.filter(({ id }) => !done.has(id)).map(({ id }) => id);
}
