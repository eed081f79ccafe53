import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ROUTES } from "./index.ts";

const ROOT = new URL("../../../", import.meta.url);
const PAGES = [
  "README.md",
  ...readdirSync(new URL("docs/", ROOT))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** Served only beside WHOOSH's callers, so not in the protocol's table: `apps/cli/src/whoosh.server.test.ts` calls it. */
const BESIDE = new Set(["POST /webhooks/gitea"]);

/** `GET /path` in backticks, without what a query adds. */
const NAMED = /`(GET|HEAD|POST|PUT|PATCH|DELETE) (\/[^\s`?]*)/g;

function routesOf(text: string): readonly (readonly [method: string, path: string])[] {
  return [...text.matchAll(NAMED)].map(([, method = "", path = ""]) => [method, path]);
}

function isServed(method: string, path: string): boolean {
  const wanted = method === "HEAD" ? "GET" : method;
  return ROUTES.some((route) => {
    // What stands in for a part of the path, in the table and on the page alike.
    const pattern = route.path.replace(/[.+]/g, "\\$&").replace(/\{[a-z]+\}/g, "[^/]+");
    return route.method === wanted && new RegExp(`^${pattern}$`).test(path);
  });
}

describe("routes that the pages name", () => {
  it("are those that the server has", () => {
    const named = PAGES.flatMap((page) =>
      routesOf(readFileSync(new URL(page, ROOT), "utf8")).map(
        ([method, path]) => [page, method, path] as const,
      ),
    );
    expect(named.length).toBeGreaterThan(4);
    const unknown = named.filter(
      ([, method, path]) => !isServed(method, path) && !BESIDE.has(`${method} ${path}`),
    );
    expect(unknown.map((one) => one.join(" "))).toEqual([]);
  });

  it("are seen where they are not served", () => {
    const [route] = routesOf("see `GET /nowhere?at=1`");
    expect(route).toEqual(["GET", "/nowhere"]);
    expect(isServed("GET", "/nowhere")).toBe(false);
    expect(isServed("POST", "/transition")).toBe(true);
    expect(isServed("DELETE", "/transition")).toBe(false);
  });
});
