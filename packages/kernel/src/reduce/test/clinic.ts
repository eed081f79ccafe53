/** A chart with everything that happens inside one instance: regions, history, timers, deadlines, effects, failures. */
export const CLINIC = `
chart: clinic
version: 1
config: { waitMs: 1000 }
context:
  type: object
  required: [beds, notes, count]
  properties:
    beds: { type: object, required: [free], properties: { free: { type: integer, minimum: 0, maximum: 9 }, last: { type: string, maxLength: 20 } } }
    notes: { type: array, maxItems: 8, items: { type: string, maxLength: 16 } }
    count: { type: integer, minimum: 0, maximum: 1000000 }
    extra: { type: string, maxLength: 20 }
initialContext: { beds: { free: 3 }, notes: [], count: 0 }
type: parallel
regions: [Ward, Desk, Night]
states:
  Ward:
    initial: EMPTY
    states:
      EMPTY: { on: { Ward_Admit: { target: BUSY, guards: [bedFree], actions: [ { assign: { beds.free: "context.beds.free - 1", beds.last: inputs.name } } ] } } }
      BUSY:
        initial: STABLE
        entry:
          - emit: { id: care, effect: Care, owner: "'nurse'", with: "{'name': context.beds.free}", deadlineMs: config.waitMs, onDeadline: Ward_Late, answer: [Ward_Cared] }
        after: [ { id: round, ms: "500", raise: Ward_Round }, { id: beatRound, beats: "3", raise: Ward_BeatRound } ]
        on:
          Ward_Cared: { target: EMPTY }
          Ward_Late: { actions: [ { assign: { notes: "context.notes + ['late']" } } ] }
          Ward_BeatRound: { actions: [ { assign: { notes: "context.notes + ['beat']" } } ] }
          Ward_Leave: { target: PAUSED }
          Ward_Cancel: { actions: [ { cancel: care }, { cancel: round } ] }
          Ward_Keep: { actions: [ { emit: { id: kept, effect: Keep, owner: "'nurse'", with: "null", deadlineBeats: "2", onDeadline: Ward_Late, answer: [Ward_Kept], keep: true } }, { emit: { id: lost, effect: Lose, owner: "'nurse'", with: "[1]", deadlineMs: "9000", onDeadline: Ward_Late, answer: [Ward_Kept] } } ] }
        states:
          STABLE: { on: { Ward_Round: { target: CRITICAL } } }
          CRITICAL: { exit: [ { assign: { count: "context.count + 1" } } ] }
          H: { type: history, history: shallow, target: STABLE }
      PAUSED: { on: { Ward_Return: { target: BUSY.H }, Ward_Kept: { actions: [ { assign: { count: "context.count + 10" } } ] } } }
  Desk:
    initial: OPEN
    states:
      OPEN: { on: { Ward_Admit: { actions: [ { assign: { count: "context.count" } } ] }, Desk_Close: { target: CLOSED } } }
      CLOSED: { type: final }
  Night:
    initial: QUIET
    states:
      QUIET: { on: { Night_Fall: { target: DARK }, Desk_Close: { target: OVER, guards: [wardEmpty] } } }
      DARK: { on: { Desk_Close: { target: OVER, guards: [wardEmpty] } } }
      OVER: { type: final }
transitions:
  Ward_Admit: { by: [client], inputs: { type: object, properties: { name: { type: string, maxLength: 20 } }, required: [name] } }
  Ward_Cared: { by: [provider], inputs: { type: object, properties: { effect: { type: string } } } }
  Ward_Kept: { by: [provider], inputs: { type: object, properties: { effect: { type: string } } } }
  Ward_Late: { by: [] }
  Ward_Round: { by: [] }
  Ward_BeatRound: { by: [] }
  Ward_Leave: { by: [client] }
  Ward_Return: { by: [client] }
  Ward_Cancel: { by: [client] }
  Ward_Keep: { by: [client] }
  Desk_Close: { by: [client] }
  Night_Fall: { by: [client] }
guards:
  bedFree: { when: "context.beds.free > 0", reason: "no bed is free" }
  wardEmpty: { when: "In('Ward.EMPTY')", reason: "the ward is busy" }
`;
