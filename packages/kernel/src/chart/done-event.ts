/** Name of the event that says that the state with this path is done (SCXML 3.7). */
export function doneEvent(path: string): string {
  return `done.state.${path}`;
}
