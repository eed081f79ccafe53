import type { WireCode } from "../codes.ts";
import {
  afterParameter,
  chartParameter,
  hashPath,
  indexParameter,
  instanceParameter,
  limitParameter,
  projectionParameter,
  staleParameter,
  textParameter,
} from "../parameters.ts";
import { JSON_MEDIA_TYPE, type Route } from "../route.ts";
import { WORD_SCHEMAS } from "../schema/word-schemas.ts";

/** What any read can be answered: from afar it needs a session, and sees the instances in the scope of the signer. */
const READ_CODES = [
  "bad_query",
  "unauthenticated",
  "forbidden",
  "fenced",
  "not_leader",
  "overloaded",
] as const satisfies readonly WireCode[];

/** A leaf, or a region or compound state, as a configuration writes it. */
const PATH_FORM = { pattern: "^[A-Za-z_][A-Za-z0-9_.]*$", lengthMax: 1_024 };

export const READ_ROUTES = [
  {
    id: "readState",
    method: "GET",
    path: "/state",
    area: "reading",
    access: "session",
    summary: "Read one instance",
    description:
      "Linearizable on the leader. `at` gives the state after that record, rebuilt in a queue of one.",
    pathParameters: [],
    query: [
      instanceParameter,
      projectionParameter,
      indexParameter("at", "The state after this record."),
      staleParameter,
    ],
    answers: [
      {
        status: 200,
        description: "The head of the instance",
        content: [{ media: JSON_MEDIA_TYPE, schema: "State" }],
        headers: { ETag: "The state's hash in quotes." },
      },
      { status: 304, description: "Still the state of If-None-Match", content: [] },
    ],
    codes: [...READ_CODES, "not_found", "rate_limited"],
  },
  {
    id: "listInstances",
    method: "GET",
    path: "/instances",
    area: "reading",
    access: "session",
    summary: "List instances by name",
    pathParameters: [],
    query: [
      chartParameter,
      textParameter("in", "Only those in this state: a path without the chart's name.", PATH_FORM),
      afterParameter,
      limitParameter,
      staleParameter,
    ],
    answers: [
      {
        status: 200,
        description: "A page of instances",
        content: [{ media: JSON_MEDIA_TYPE, schema: "InstancesPage" }],
      },
    ],
    codes: READ_CODES,
  },
  {
    id: "explainInstance",
    method: "GET",
    path: "/explain",
    area: "reading",
    access: "session",
    summary: "Say what each transition would need now",
    pathParameters: [],
    query: [instanceParameter, staleParameter],
    answers: [
      {
        status: 200,
        description: "Each transition of the chart, with the outcomes of its guards",
        content: [{ media: JSON_MEDIA_TYPE, schema: "Explain" }],
      },
    ],
    codes: [...READ_CODES, "not_found"],
  },
  {
    id: "listDecisions",
    method: "GET",
    path: "/decisions",
    area: "reading",
    access: "session",
    summary: "List decision records",
    pathParameters: [],
    query: [
      { ...instanceParameter, required: false },
      textParameter("transition", "Only this transition.", {
        pattern: WORD_SCHEMAS.RecordedTransition.pattern,
        lengthMax: 65,
      }),
      textParameter("signer", "Only of this identity.", {
        pattern: WORD_SCHEMAS.IdentityKey.pattern,
        lengthMax: 55,
      }),
      indexParameter("since", "From this index on."),
      afterParameter,
      limitParameter,
      staleParameter,
    ],
    answers: [
      {
        status: 200,
        description: "A page of decision records, by index",
        content: [{ media: JSON_MEDIA_TYPE, schema: "DecisionsPage" }],
      },
    ],
    codes: READ_CODES,
  },
  {
    id: "readDecision",
    method: "GET",
    path: "/decisions/{hash}",
    area: "reading",
    access: "session",
    summary: "Read one decision record",
    pathParameters: [hashPath],
    query: [],
    answers: [
      {
        status: 200,
        description: "The decision record",
        content: [{ media: JSON_MEDIA_TYPE, schema: "DecisionRecord" }],
      },
    ],
    codes: [...READ_CODES, "not_found"],
  },
  {
    id: "listCharts",
    method: "GET",
    path: "/charts",
    area: "reading",
    access: "session",
    summary: "List installed charts",
    pathParameters: [],
    query: [afterParameter, limitParameter],
    answers: [
      {
        status: 200,
        description: "A page of charts",
        content: [{ media: JSON_MEDIA_TYPE, schema: "ChartsPage" }],
      },
    ],
    codes: READ_CODES,
  },
  {
    id: "readChart",
    method: "GET",
    path: "/charts/{chart}",
    area: "reading",
    access: "session",
    summary: "Read one installed chart",
    pathParameters: [
      {
        name: "chart",
        description: "The chart's name, or `sha256-…` of one version.",
        pattern: "^(?:[a-z][a-z0-9_-]{0,31}|sha256-[0-9a-f]{64})$",
      },
    ],
    query: [],
    answers: [
      {
        status: 200,
        description: "Normal form, hash and diagram",
        content: [{ media: JSON_MEDIA_TYPE, schema: "Chart" }],
      },
    ],
    codes: [...READ_CODES, "not_found"],
  },
] as const satisfies readonly Route[];
