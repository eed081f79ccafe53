import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonObject } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { openApiOf } from "./open-api.ts";
import { ROUTES } from "./routes.ts";
import { SCHEMAS } from "./schema/schemas.ts";

/** As published by the OpenAPI Initiative (Apache License 2.0) under its `$id`, formatted as everything here. */
const OPENAPI: JsonObject = JSON.parse(
  readFileSync(new URL("test/openapi-3.1.json", import.meta.url), "utf8"),
);
// Formats are for other tests: here they would need a package more.
const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
const isOpenApi = ajv.compile(OPENAPI);

function faultsOf(document: unknown): readonly string[] {
  if (isOpenApi(document)) return [];
  return (isOpenApi.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe("the OpenAPI document", () => {
  const document = openApiOf(ROUTES, { version: "0.1.0", server: "https://swoosh.example" });

  it("is one by the schema that OpenAPI 3.1 publishes", () => {
    expect(faultsOf(document)).toEqual([]);
    expect(faultsOf(openApiOf([], { version: "0.1.0" }))).toEqual([]);
  });

  it("has schemas that are JSON Schema 2020-12, the dialect that 3.1 has unless it names another", () => {
    expect(document).not.toHaveProperty("jsonSchemaDialect");
    for (const [name, schema] of Object.entries(SCHEMAS))
      expect([name, ajv.validateSchema(schema), ajv.errors]).toEqual([name, true, null]);
    expect(ajv.validateSchema({ type: "text" })).toBe(false);
  });

  // What the check finds: each of these was a document a moment ago.
  it.each([
    ["another version", "/openapi", (wrong: JsonObject) => ({ ...wrong, openapi: "3.0.3" })],
    ["no title", "/info", (wrong: JsonObject) => ({ ...wrong, info: { version: "1" } })],
    [
      "a path without its slash",
      "/paths",
      (wrong: JsonObject) => ({ ...wrong, paths: { state: {} } }),
    ],
    ["an unknown field", "", (wrong: JsonObject) => ({ ...wrong, definitions: {} })],
    [
      "an answer without a description",
      "/paths/~1x/get/responses/200",
      (wrong: JsonObject) => ({ ...wrong, paths: { "/x": { get: { responses: { "200": {} } } } } }),
    ],
    [
      "a parameter of nowhere",
      "/paths/~1x/get/parameters/0/in",
      (wrong: JsonObject) => ({
        ...wrong,
        paths: {
          "/x": {
            get: {
              parameters: [{ name: "a", in: "body", schema: {} }],
              responses: { "200": { description: "y" } },
            },
          },
        },
      }),
    ],
  ])("with %s is none", (_name, place, spoil) => {
    const places = faultsOf(spoil(document)).map((fault) => fault.split(" ")[0]);
    expect(places).toContain(place);
  });
});
