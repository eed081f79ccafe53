import {
  DOCUMENT_BYTES_MAX,
  INPUTS_BYTES_MAX,
  PROPOSAL_BYTES_MAX,
  REFUSAL_CODES,
} from "@swoosh/kernel";
import * as kernelLimits from "../../kernel/src/limits.ts";
import { describe, expect, it } from "vitest";
import { BODY_BYTES_MAX, PROPOSAL_INPUTS_BYTES_MAX } from "./limits.ts";
import { openApiOf } from "./open-api.ts";
import { AREAS } from "./route.ts";
import { routeOf, ROUTES } from "./routes.ts";
import { SCHEMAS } from "./schema/schemas.ts";
import { UCXL_LENGTH_MAX } from "./ucxl.ts";

describe("routes", () => {
  it("are those of the contract", () => {
    expect(ROUTES.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /transition",
      "POST /transitions",
      "GET /state",
      "GET /instances",
      "GET /explain",
      "GET /decisions",
      "GET /decisions/{hash}",
      "GET /charts",
      "GET /charts/{chart}",
      "GET /journal",
      "GET /log/checkpoint",
      "GET /log/tile/{tile}",
      "GET /log/proof",
      "GET /log/consistency",
      "PUT /evidence",
      "GET /evidence/{hash}",
      "GET /session",
      "POST /session",
      "POST /memories",
      "GET /memories",
      "GET /health",
      "GET /healthz",
      "GET /readyz",
      "GET /metrics",
      "GET /openapi.json",
      "GET /docs",
      "GET /debug",
      "GET /debug/dashboard",
      "GET /",
    ]);
  });

  it("need what the contract says: public are liveness, checkpoint, tiles and the way to a session", () => {
    const byAccess = (access: string): readonly string[] =>
      ROUTES.filter((route) => route.access === access).map(({ id }) => id);
    expect(byAccess("public")).toEqual([
      "readCheckpoint",
      "readTile",
      "askChallenge",
      "openSession",
      "readLiveness",
    ]);
    expect(byAccess("signed")).toEqual(["proposeTransition", "proposeTransitions"]);
    expect(byAccess("bearer")).toEqual(["storeEvidence", "rememberText"]);
  });

  it("have names of their own, a parameter for each brace, and only codes that fit", () => {
    expect(new Set(ROUTES.map(({ id }) => id)).size).toBe(ROUTES.length);
    for (const route of ROUTES) {
      const braces = [...route.path.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => name);
      expect(route.pathParameters.map(({ name }) => name)).toEqual(braces);
      expect(new Set(route.codes).size, route.id).toBe(route.codes.length);
      expect(new Set(route.query.map(({ name }) => name)).size).toBe(route.query.length);
      // Whoever needs a session can be told so.
      const told = route.access !== "session" || route.codes.includes("unauthenticated");
      expect(told, route.id).toBe(true);
      expect(AREAS).toContain(route.area);
    }
  });

  it("say every refusal of a proposal in the kernel's order", () => {
    expect(routeOf("proposeTransition").codes).toEqual([
      ...REFUSAL_CODES,
      "bad_query",
      "secret_found",
    ]);
  });

  it("have the kernel's bounds", () => {
    expect(BODY_BYTES_MAX).toBe(PROPOSAL_BYTES_MAX);
    expect(PROPOSAL_INPUTS_BYTES_MAX).toBe(INPUTS_BYTES_MAX);
    expect(DOCUMENT_BYTES_MAX).toBeLessThan(BODY_BYTES_MAX);
    expect(SCHEMAS.Proposal).toMatchObject({
      properties: {
        evidence: { maxItems: kernelLimits.EVIDENCE_ENTRIES_MAX },
        justification: { maxLength: kernelLimits.JUSTIFICATION_LENGTH_MAX },
      },
    });
    expect(SCHEMAS.EvidenceReference).toMatchObject({
      maxLength: kernelLimits.EVIDENCE_ENTRY_BYTES_MAX,
    });
    expect(SCHEMAS.IdemKey).toMatchObject({ maxLength: kernelLimits.IDEM_KEY_BYTES_MAX });
    expect(SCHEMAS.WindowId).toMatchObject({ maxLength: kernelLimits.WINDOW_ID_LENGTH_MAX });
    expect(UCXL_LENGTH_MAX).toBe(kernelLimits.EVIDENCE_ENTRY_BYTES_MAX);
  });
});

describe("the OpenAPI document", () => {
  const document = openApiOf(ROUTES, { version: "0.1.0", server: "https://swoosh.example" });
  const text = JSON.stringify(document);

  it("is plain JSON of version 3.1 with every route once", () => {
    expect(JSON.parse(text)).toEqual(document);
    expect(document).toMatchObject({
      openapi: "3.1.1",
      info: { title: "Swoosh", version: "0.1.0" },
    });
    const operations = Object.entries(Object(document["paths"])).flatMap(([path, item]) =>
      Object.keys(Object(item)).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.toSorted()).toEqual(
      ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted(),
    );
  });

  it("has no reference that leads nowhere, and uses every schema", () => {
    const named = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([A-Za-z]+)"/g)].map(
      ([, name]) => name ?? "",
    );
    expect(named.length).toBeGreaterThan(50);
    for (const name of named) expect(Object.hasOwn(SCHEMAS, name), name).toBe(true);
    expect(text.match(/"\$ref"/g)?.length).toBe(named.length);
    const unused = Object.keys(SCHEMAS).filter((name) => !named.includes(name));
    expect(unused).toEqual([]);
  });

  it("has answers and problems for each, by status", () => {
    const operation = Object(document["paths"])["/transition"].post;
    expect(Object.keys(operation.responses)).toEqual([
      "200",
      "202",
      "400",
      "401",
      "403",
      "409",
      "413",
      "415",
      "422",
      "429",
      "500",
      "503",
    ]);
    expect(operation.responses["409"].description).toContain("`stale_state`: ");
    expect(operation.security).toEqual([]);
    expect(Object(document["paths"])["/evidence"].put.security).toEqual([{ session: [] }]);
    expect(Object(document["paths"])["/state"].get.security).toEqual([{ session: [] }, {}]);
    // A page of its own for 503 stays that of the route.
    expect(Object(document["paths"])["/health"].get.responses["503"].content).toHaveProperty([
      "application/json",
    ]);
  });
});
