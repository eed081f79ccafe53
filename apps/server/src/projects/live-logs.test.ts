import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createScreen } from "../screen/create-screen.ts";
import { LiveLogs } from "./live-logs.ts";

const folder = mkdtempSync(join(tmpdir(), "swoosh-live-"));
mkdirSync(join(folder, "keys"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Put together here, so that no scanner of repositories takes this file for a leak. */
const SECRET = ["AKIA", "Q7RSTUV2WXYZ3ABC"].join("");
const BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC+/=Q";
const PEM = ["-----BEGIN PRIV", "ATE KEY-----\n", `${BODY}\n${BODY}\n`].join("");

it("tells what tasks say without secrets, also where they come in pieces", () => {
  const logs = new LiveLogs(createScreen(folder));
  const tell = (text: string, session = "s"): unknown =>
    logs.clean("a", { session, task: "t", text })["text"];
  expect(tell(`before ${SECRET} after`)).toBe("before [redacted aws-access-key] after");
  expect(tell(PEM.slice(0, 40))).toBe(PEM.slice(0, 40));
  const rest = PEM.slice(40);
  expect(tell(rest)).toBe("[redacted private-key]");
  // Another task's words are its own.
  expect(tell("plain", "other")).toBe("plain");
});
