/** A legal chart of about `bytes`: states in a row, each with a guarded transition that assigns. */
export function rowChart(bytes: number): string {
  const head = `chart: row
version: 1
context: { type: object, required: [n], properties: { n: { type: integer, minimum: 0, maximum: 1000000 } } }
initialContext: { n: 0 }
creates: [Go_0]
initial: S0
`;
  const states = ["states:\n"];
  const guards = ["guards:\n"];
  const transitions = ["transitions:\n"];
  let size = head.length;
  for (let at = 0; size < bytes; at += 1) {
    const state = `  S${at}:\n    on:\n      Go_${at}:\n        target: S${at + 1}\n        guards: [low${at}]\n        actions:\n          - assign: { n: "context.n + 1" }\n`;
    const guard = `  low${at}: { when: "context.n < ${at + 5}", reason: "too many" }\n`;
    const transition = `  Go_${at}: { by: [client], inputs: { type: object, properties: { note: { type: string, maxLength: 80 } } } }\n`;
    states.push(state);
    guards.push(guard);
    transitions.push(transition);
    size += state.length + guard.length + transition.length;
  }
  return `${head}${states.join("")}  S${states.length - 1}: { type: final }\n${guards.join("")}${transitions.join("")}`;
}
