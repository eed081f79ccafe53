import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "./node-disk.ts";
import { brokenPromise, openSmall, type Told } from "./test/journal-play.ts";
import { inFolder } from "./test/real-folder.ts";

const PROGRAM = fileURLToPath(new URL("test/append-until-killed.ts", import.meta.url));
const ROUNDS = process.env["SWOOSH_SOAK"] === undefined ? 4 : 500;
const BATCH_MAX = 12;

/** Starts the program, and kills it without a word after so many lines; in between it may be looked at. */
async function runAndKill(
  folder: string,
  about: {
    readonly told: Told;
    readonly lines: number;
    readonly meanwhile?: (child: ChildProcess) => Promise<void>;
  },
): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, number] = line.split(" ");
    if (word === "ack") about.told.acknowledged = Number(number);
    if (word === "snapshot") about.told.snapshotIndex = Number(number);
    lines += 1;
    if (lines === 3) await about.meanwhile?.(child);
    if (lines === about.lines) child.kill("SIGKILL");
  }
  const [, signal] = await ended;
  expect([signal, lines >= about.lines]).toEqual(["SIGKILL", true]);
}

describe("a process that is killed", () => {
  it("loses nothing that it acknowledged, and the next one needs no help", () =>
    inFolder(async (folder) => {
      const told = { acknowledged: 0, snapshotIndex: -1, evidence: false };
      for (let round = 0; round < ROUNDS; round += 1) {
        await runAndKill(folder, { told, lines: 5 + ((round * 37) % 90) });
        // Every third time the next process is the first to see what the killed one left.
        if (round % 3 === 1) continue;
        const journal = await openSmall(nodeDisk, { folder });
        expect(await brokenPromise(journal, told), `round ${round}`).toBeUndefined();
        expect(journal.size - told.acknowledged).toBeLessThanOrEqual(BATCH_MAX);
        told.acknowledged = journal.size;
        await journal.close();
      }
    }));

  it("is the only writer while it lives, and none as soon as it is dead", () =>
    inFolder(async (folder) => {
      const told = { acknowledged: 0, snapshotIndex: -1, evidence: false };
      const meanwhile = async (child: ChildProcess) => {
        await expect(openSmall(nodeDisk, { folder })).rejects.toMatchObject({
          code: "locked",
          pid: child.pid,
        });
      };
      await runAndKill(folder, { told, lines: 40, meanwhile });
      expect((await openSmall(nodeDisk, { folder })).size).toBeGreaterThanOrEqual(
        told.acknowledged,
      );
    }));

  it("is one of several that begin at the same moment", () =>
    inFolder(async (folder) => {
      const children = Array.from({ length: 3 }, () =>
        spawn(process.execPath, [PROGRAM, folder], { stdio: ["ignore", "pipe", "inherit"] }),
      );
      const ended = Promise.all(children.map((child) => once(child, "exit")));
      const said = await Promise.all(
        children.map(async (child) =>
          String(await once(createInterface({ input: child.stdout }), "line")),
        ),
      );
      const winner = children[said.indexOf("open 0")];
      for (const child of children) child.kill("SIGKILL");
      await ended;
      expect(said.toSorted()).toEqual([`locked ${winner?.pid}`, `locked ${winner?.pid}`, "open 0"]);
    }));
});
