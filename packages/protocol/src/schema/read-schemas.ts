import { closedObject, listOf, openObject, orNull, refTo, type JsonSchema } from "./json-schema.ts";

const text: JsonSchema = { type: "string" };
const texts = listOf(text);
const yes: JsonSchema = { type: "boolean" };

/** What reading gives (transition API, Reading). */
export const READ_SCHEMAS = {
  Document: closedObject(
    {
      configuration: texts,
      context: { type: "object" },
      effects: listOf(refTo("Effect")),
      epoch: { type: "object", additionalProperties: refTo("Index") },
      history: { type: "object", additionalProperties: texts },
      hlc_last: refTo("Hlc"),
      meta: closedObject({
        chart: refTo("ChartName"),
        chart_hash: refTo("ValueHash"),
        ended: yes,
        instance: refTo("InstanceName"),
        origin: refTo("Origin"),
        seq: refTo("Index"),
        version: refTo("Index"),
      }),
      timers: listOf(closedObject({ due: refTo("Due"), event: text, id: text, state: text })),
    },
    { description: "The state of one instance; the hash of its canonical JSON is its state hash." },
  ),
  State: closedObject(
    {
      configuration: texts,
      hash: refTo("ValueHash"),
      hlc: refTo("Hlc"),
      index: refTo("Index"),
      instance: refTo("InstanceName"),
      "projection?": { type: "object", additionalProperties: refTo("Projected") },
      "state?": refTo("Document"),
    },
    {
      description: "Head of an instance: `projection` where the query asks for one, else `state`.",
      oneOf: [{ required: ["state"] }, { required: ["projection"] }],
    },
  ),
  Projected: openObject(
    {
      epoch: {
        description: "An integer; by region where the projection has several.",
        oneOf: [refTo("Index"), { type: "object", additionalProperties: refTo("Index") }],
      },
      phase: {
        description:
          "The leaf below its region; a sorted list where there are several; by region where the projection has several regions.",
        oneOf: [text, texts, { type: "object", additionalProperties: { oneOf: [text, texts] } }],
      },
    },
    { description: "Beside `phase` and `epoch` the keys of the context that the chart projects." },
  ),
  InstancesPage: closedObject({
    items: listOf(
      closedObject({
        configuration: texts,
        hash: refTo("ValueHash"),
        index: refTo("Index"),
        instance: refTo("InstanceName"),
      }),
    ),
    next: refTo("Cursor"),
  }),
  Explained: openObject({
    by: { ...texts, description: "Who may propose it; empty: nobody." },
    enabled: { ...yes, description: "Some active state handles it now." },
    guard_outcomes: listOf(
      closedObject({
        guard: text,
        ok: {
          type: ["boolean", "null"],
          description: "null: it depends on inputs or verdicts that only a proposal brings.",
        },
        reasons: texts,
      }),
    ),
    helps: { ...texts, description: "What would make it pass, in sentences." },
    "inputs?": { type: "object", description: "Schema of its inputs." },
    "leads_to?": { ...texts, description: "States that it may lead to." },
    "outlook?": {
      type: "string",
      enum: ["open", "depends", "closed"],
      description:
        "`open`: guards let it pass; `depends`: on what only a proposal brings; `closed`: it would be refused.",
    },
    transition: refTo("TransitionName"),
    "who?": { ...texts, description: "Identities that may propose it here, the first few." },
  }),
  Cause: closedObject(
    {
      at: refTo("Millis"),
      because: listOf(closedObject({ index: orNull(refTo("Index")), text })),
      by: text,
      index: refTo("Index"),
      instance: text,
      role: text,
      transition: refTo("RecordedTransition"),
      what: text,
    },
    { description: "A record and what led to it: one step of a cause chain." },
  ),
  Explain: openObject({
    "because?": listOf(refTo("Cause"), {
      description: "How it came here, the last record first.",
    }),
    configuration: texts,
    "ended?": yes,
    hash: refTo("ValueHash"),
    index: { type: "integer", minimum: -1 },
    instance: refTo("InstanceName"),
    transitions: listOf(refTo("Explained")),
    "waits_for?": {
      ...texts,
      description: "Who owes what until when, and who may do what next, in sentences.",
    },
  }),
  ChartSummary: openObject({
    chart: refTo("ChartName"),
    hash: refTo("ValueHash"),
    version: refTo("Index"),
  }),
  ChartsPage: closedObject({ items: listOf(refTo("ChartSummary")), next: refTo("Cursor") }),
  Chart: openObject({
    chart: refTo("ChartName"),
    hash: refTo("ValueHash"),
    mermaid: { ...text, description: "A state diagram for Mermaid." },
    normal: { type: "object", description: "The normal form; its hash is the chart's hash." },
    version: refTo("Index"),
  }),
  Health: openObject(
    {
      consensus: openObject({
        leader: orNull(text),
        mode: { type: "string", enum: ["single", "raft"] },
        role: { type: "string", enum: ["leader", "follower"] },
        term: refTo("Index"),
      }),
      durableIndex: { type: "integer", minimum: -1 },
      "genesisHash?": { ...refTo("LeafHash"), description: "Leaf hash of record 0: pin it." },
      lastSnapshotHLC: orNull(refTo("Hlc")),
      origin: refTo("Origin"),
      "problems?": texts,
      rootHash: refTo("LeafHash"),
      status: { type: "string", enum: ["ok", "degraded", "fenced"] },
      treeSize: refTo("Index"),
      "verifierKey?": {
        ...text,
        description: "The key that signs checkpoints, as C2SP verifier key: pin it.",
      },
      walLag: refTo("Index"),
    },
    { description: "200, or 503 where the node cannot do its work." },
  ),
  Alive: closedObject({ ok: { const: true } }),
  Ready: openObject({
    "missing?": { ...texts, description: "Dependencies that cannot be reached, by name." },
    ok: yes,
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;
