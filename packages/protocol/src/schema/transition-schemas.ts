import { closedObject, listOf, openObject, orNull, refTo, type JsonSchema } from "./json-schema.ts";

const outcomes = listOf(refTo("Outcome"));

/** What goes into `POST /transition` and what comes out (transition API). */
export const TRANSITION_SCHEMAS = {
  Proposal: closedObject(
    {
      current_state_hash: refTo("ValueHash"),
      "evidence?": listOf(refTo("EvidenceReference"), { maxItems: 64 }),
      hlc: refTo("Hlc"),
      idem_key: refTo("IdemKey"),
      "inputs?": { type: "object", description: "At most 32 KiB as canonical JSON.", default: {} },
      inputs_hash: refTo("ValueHash"),
      "instance?": { ...refTo("InstanceName"), default: "project/default" },
      "justification?": { type: "string", maxLength: 2_000 },
      origin: refTo("Origin"),
      // An absent one is answered with `unsigned`: the schema says what is accepted.
      signature: refTo("Signature"),
      signer: refTo("IdentityKey"),
      transition: refTo("TransitionName"),
      "window_id?": refTo("WindowId"),
    },
    {
      description:
        "Signed over `DSSEv1 SP len(type) SP type SP len(body) SP body` with type application/vnd.swoosh.proposal.v1+json and body = RFC 8785 bytes of the proposal without `signature` and `inputs`.",
    },
  ),
  Outcome: closedObject({
    guard: { type: "string" },
    ok: { type: "boolean" },
    reasons: listOf({ type: "string" }, { maxItems: 8 }),
  }),
  Accepted: closedObject(
    {
      configuration: listOf({ type: "string" }),
      decision: refTo("DecisionId"),
      guard_outcomes: outcomes,
      hlc: refTo("Hlc"),
      index: refTo("Index"),
      instance: refTo("InstanceName"),
      record_hash: refTo("LeafHash"),
      state_post_hash: refTo("ValueHash"),
      state_pre_hash: refTo("ValueHash"),
      status: { const: "accepted" },
      transition: refTo("TransitionName"),
    },
    { description: "Durable, and the same bytes for every delivery under this key." },
  ),
  Head: closedObject({
    hash: refTo("ValueHash"),
    hlc: { type: "string", description: "Empty for an instance that does not exist." },
    index: { type: "integer", minimum: -1 },
  }),
  Retry: closedObject({
    "after_ms?": { type: "integer", minimum: 0 },
    "at_beat?": { type: "integer", minimum: 0 },
    "window?": { type: "string" },
  }),
  Problem: openObject(
    {
      code: { type: "string", description: "One of docs/errors.md: what programs act on." },
      detail: { type: "string" },
      "guard?": orNull({ type: "string" }),
      "guard_outcomes?": outcomes,
      "head?": orNull(refTo("Head")),
      "leader?": { type: "string" },
      "reasons?": listOf({ type: "string" }),
      "retry?": refTo("Retry"),
      status: { type: "integer", minimum: 400, maximum: 599 },
      title: { type: "string" },
      type: { type: "string", minLength: 1, description: "A URI that names the code." },
    },
    {
      description:
        "RFC 9457. Members guard, guard_outcomes, head and reasons stand in refusals of the kernel.",
    },
  ),
  TransitionsLine: {
    description:
      "One line of the answer of POST /transitions: that of POST /transition, with the HTTP status as `status`.",
    anyOf: [
      closedObject({
        configuration: listOf({ type: "string" }),
        decision: refTo("DecisionId"),
        guard_outcomes: outcomes,
        hlc: refTo("Hlc"),
        index: refTo("Index"),
        instance: refTo("InstanceName"),
        record_hash: refTo("LeafHash"),
        "replayed?": {
          type: "boolean",
          description: "The first answer again, as the header Idempotent-Replayed says elsewhere.",
        },
        state_post_hash: refTo("ValueHash"),
        state_pre_hash: refTo("ValueHash"),
        status: { const: 202 },
        transition: refTo("TransitionName"),
      }),
      refTo("Problem"),
    ],
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;
