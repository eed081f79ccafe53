import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { agentProtocolPage } from "./agent-protocol-page.ts";
import { CONTROLLER_FRAMES, LEGACY_RUNNER_FRAMES, RUNNER_FRAMES } from "./frame-schemas.ts";

const FILE = new URL("../../../../docs/agent-protocol.md", import.meta.url);

describe("the page of the agent protocol", () => {
  it("says what the schemas say", () => {
    const page = agentProtocolPage();
    if (process.env["SWOOSH_UPDATE"] === "1") writeFileSync(FILE, page);
    expect(readFileSync(FILE, "utf8")).toBe(page);
  });

  it("has words for every frame", () => {
    for (const line of agentProtocolPage().split("\n")) expect(line).not.toMatch(/\|  \|$/);
    for (const frames of [RUNNER_FRAMES, CONTROLLER_FRAMES, LEGACY_RUNNER_FRAMES])
      for (const type of Object.keys(frames))
        expect(agentProtocolPage()).toContain(`| \`${type}\` |`);
  });
});
