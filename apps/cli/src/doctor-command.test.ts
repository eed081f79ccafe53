import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "./test/run-swoosh.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-cli-doctor-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it("the doctor says on one screen what is wrong, what to do, and by its exit code how bad it is", async () => {
  const data = join(root, "data");
  const none = await runSwoosh(["doctor", "--data", data]);
  expect(none.code).toBe(1);
  expect(none.out).toContain(`bad   data folder   ${data} is not there\n`);
  expect(none.out).toContain(`→ make one with swoosh init --data ${data}`);
  expect(none.out).toMatch(/\n1 to mend, \d to have a look at\.\n$/u);
  expect((await runSwoosh(["init", "--data", data])).code).toBe(0);
  const well = await runSwoosh(["doctor", "--data", data, "--json"]);
  const report: { ok: boolean; findings: { check: string; verdict: string }[] } = JSON.parse(
    well.out,
  );
  expect([well.code, report.ok]).toEqual([0, true]);
  expect(report.findings.map(({ check }) => check)).toContain("journal");
  // What it says depends on the host.
  const tasks = report.findings.filter(({ check }) => check === "tasks");
  expect(tasks.map(({ verdict }) => verdict)).toEqual([expect.stringMatching(/^(ok|warn)$/)]);
  chmodSync(join(data, "keys", "operator.pem"), 0o640);
  const open = await runSwoosh(["doctor", "--data", data]);
  expect(open.code).toBe(1);
  expect(open.out).toContain("operator.pem has mode 640");
});
