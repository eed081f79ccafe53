/** Charts that the tests of reduce share, as text. */

/** An instance that can deserve every refusal: what `Desk_Do` runs into hangs on its inputs alone. */
export const DESK = `
chart: desk
version: 1
context:
  type: object
  required: [count, a, b, c, d]
  properties:
    count: { type: integer, minimum: 0, maximum: 100 }
    a: { type: string, maxLength: 10000 }
    b: { type: string, maxLength: 10000 }
    c: { type: string, maxLength: 10000 }
    d: { type: string, maxLength: 10000 }
initialContext: { count: 0, a: "", b: "", c: "", d: "" }
creates: [Desk_Open]
initial: NEW
states:
  NEW: { on: { Desk_Open: { target: OPEN } } }
  OPEN:
    entry:
      - emit: { id: ask, effect: Ask, owner: "'clerk'", with: "{'count': context.count}", deadlineMs: "600000", onDeadline: Desk_Late, answer: [Desk_Do], keep: true }
    on:
      Desk_Do:
        actions:
          - assign: { count: "inputs.count", a: inputs.memo, b: inputs.memo, c: inputs.memo, d: inputs.memo }
          - join: { instance: inputs.box, transition: Box_Put, inputs: "{'by': inputs.count}" }
      Desk_Late: { target: LATE }
      Desk_Shut: { target: SHUT }
      Desk_Away: { target: AWAY }
  LATE: { on: { Desk_Shut: { target: SHUT } } }
  AWAY: { on: { Desk_Shut: { target: SHUT } } }
  SHUT: { type: final }
transitions:
  Desk_Open: { by: [client] }
  Desk_Do:
    by: [provider]
    inputs:
      type: object
      required: [count, memo, box]
      properties:
        allowed: { type: boolean }
        box: { type: string, maxLength: 200 }
        count: { type: integer }
        effect: { type: string, maxLength: 200 }
        memo: { type: string, maxLength: 10000 }
        pad: { type: array, maxItems: 32, items: { type: string, maxLength: 4096 } }
    guards: [allowed]
  Desk_Late: { by: [] }
  Desk_Shut: { by: [client] }
  Desk_Away: { by: [client] }
guards:
  allowed: { when: "!has(inputs.allowed) || inputs.allowed", reason: "not allowed to put {inputs.count}", okReason: "allowed" }
`;

export const BOX = `
chart: box
version: 1
context: { type: object, required: [sum], properties: { sum: { type: integer, maximum: 1000 } } }
initialContext: { sum: 0 }
initial: EMPTY
states:
  EMPTY: { on: { Box_Put: { target: FULL, actions: [ { assign: { sum: "context.sum + inputs.by" } } ] } } }
  FULL: { on: { Box_Take: { target: EMPTY }, Box_Burn: { target: GONE } } }
  GONE: { type: final }
transitions:
  Box_Put: { by: [], joinedBy: [desk.Desk_Do], inputs: { type: object, required: [by], properties: { by: { type: integer, maximum: 50 } } }, guards: [small] }
  Box_Take: { by: [client] }
  Box_Burn: { by: [client] }
guards:
  small: { when: "inputs.by < 40", reason: "{inputs.by} is too much" }
`;

export const BEAT = `
chart: beat
version: 1
context: { type: object, required: [beat_index], properties: { beat_index: { type: integer } } }
initialContext: { beat_index: 0 }
initial: ON
states:
  ON: { on: { Beat_Tick: { actions: [ { assign: { beat_index: inputs.index } } ] } } }
transitions:
  Beat_Tick: { by: [provider], inputs: { type: object, required: [index], properties: { index: { type: integer } } } }
`;
