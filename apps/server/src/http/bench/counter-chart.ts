/** What the bench drives: one instance a counter, one CEL guard, one assignment, a state document of some 700 bytes. */
export const COUNTER_CHART = `
chart: counter
version: 1
config: { limit: 1000000000 }
context:
  type: object
  required: [count, note]
  properties:
    count: { type: integer, minimum: 0 }
    note: { type: string, maxLength: 200 }
initialContext: { count: 0, note: "" }
creates: [Counter_Add]
initial: OPEN
states:
  OPEN:
    on:
      Counter_Add: { actions: [ { assign: { count: context.count + inputs.n, note: inputs.note } } ] }
transitions:
  Counter_Add:
    by: [client]
    inputs:
      type: object
      required: [n, note]
      properties: { n: { type: integer, minimum: 1, maximum: 100 }, note: { type: string, maxLength: 200 } }
    guards: [room]
guards:
  room: { when: "context.count + inputs.n <= config.limit", reason: "the limit is {config.limit}" }
`;
