import { expect, it } from "vitest";
import { createBareApp } from "./create-app.ts";
import { addMemoryAway } from "./routes/memory-routes.ts";

it.each([
  ["http://leader.example", 503, "not_leader"],
  [null, 404, "not_found"],
])(
  "a node that is led by %s has no memories, and says where they are",
  async (leader, status, code) => {
    const app = createBareApp();
    addMemoryAway(app, leader);
    for (const method of ["GET", "POST"] as const) {
      const answer = await app.inject({ method, url: "/memories?query=words" });
      expect(answer.statusCode).toBe(status);
      expect(answer.json()).toMatchObject({ code, ...(leader === null ? {} : { leader }) });
    }
    await app.close();
  },
);
