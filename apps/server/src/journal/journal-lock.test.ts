import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { describe, expect, it } from "vitest";
import type { Disk } from "./disk.ts";
import { acquireLock } from "./journal-lock.ts";
import type { ProcessIdentity, Processes } from "./processes.ts";
import { nodeProcesses } from "./processes.ts";
import { FaultyDisk } from "./test/faulty-disk.ts";
import { nextTurn } from "./test/next-turn.ts";
import { drawFrom, SimulatedDisk } from "./test/simulated-disk.ts";

function processOf(pid: number, start = "1"): ProcessIdentity {
  return { pid, start, boot: "boot", space: "space" };
}

function seenBy(own: ProcessIdentity, ...alive: readonly ProcessIdentity[]): Processes {
  return {
    own,
    isAlive: (other) => alive.some((one) => one.pid === other.pid && one.start === other.start),
  };
}

const [one, two] = [processOf(1), processOf(2)];

function lock(disk: Disk, processes: Processes, floor = 0) {
  return acquireLock(disk, { folder: "/", floor, processes });
}

describe("the lock of a journal", () => {
  it("is refused while its process lives, with its number", () => {
    const disk = new SimulatedDisk();
    const held = lock(disk, seenBy(one));
    expect(() => lock(disk, seenBy(two, one))).toThrow(/open in process 1; stop that one first/u);
    expect(held.isHeld()).toBe(true);
    expect(disk.list("/")).toEqual(["lock-0000000000000001"]);
  });

  it("is taken over from a dead process, from a process with its number, and from itself", () => {
    for (const next of [seenBy(two), seenBy(processOf(1, "9"), processOf(1, "9")), seenBy(one)]) {
      const disk = new SimulatedDisk();
      const former = lock(disk, seenBy(one));
      const held = lock(disk, next);
      expect([former.term, held.term]).toEqual([1, 2]);
      expect([former.isHeld(), held.isHeld()]).toEqual([false, true]);
      former.release();
      expect([held.isHeld(), disk.list("/").length]).toEqual([true, 1]);
    }
  });

  it("is free once it was given up, and terms go on growing", () => {
    const disk = new SimulatedDisk();
    const held = lock(disk, seenBy(one));
    held.release();
    held.release();
    expect(held.isHeld()).toBe(false);
    expect(lock(disk, seenBy(two, one)).term).toBe(2);
    expect(lock(disk, seenBy(two), 40).term).toBe(41);
    expect(disk.list("/")).toEqual(["lock-0000000000000041"]);
  });

  it("goes to one of two that are after it at the same moment", () => {
    const disk = new SimulatedDisk();
    const racing = new FaultyDisk(disk);
    racing.plan = ({ call }) => {
      if (call === "link" && disk.list("/").length === 1) lock(disk, seenBy(one));
      return undefined;
    };
    expect(() => lock(racing, seenBy(two, one))).toThrow(/open in process 1/u);
    expect(disk.list("/")).toEqual(["lock-0000000000000001"]);
  });

  it("goes to the higher term where two make different ones", () => {
    const disk = new SimulatedDisk();
    const racing = new FaultyDisk(disk);
    racing.plan = ({ call }) => {
      if (call === "link" && disk.list("/").length === 1) lock(disk, seenBy(one), 10);
      return undefined;
    };
    expect(() => lock(racing, seenBy(two, one))).toThrow(/open in process 1/u);
    expect(disk.list("/")).toEqual(["lock-0000000000000011"]);
  });

  it("has a higher term than all before, wherever the power is lost", () => {
    for (let at = 0, isDone = false; !isDone; at += 1) {
      for (let outcome = 0; outcome < 32; outcome += 1) {
        const inner = new SimulatedDisk();
        lock(inner, seenBy(one));
        const disk = new FaultyDisk(inner);
        disk.plan = ({ number }) => (number === at ? "crash" : undefined);
        let highest = 1;
        try {
          highest = lock(disk, seenBy(two)).term;
          isDone = !disk.isDead;
        } catch {
          // It never became the writer.
        }
        inner.losePower(drawFrom(at * 32 + outcome));
        expect(lock(inner, seenBy(one)).term, `act ${at}`).toBeGreaterThan(highest);
      }
    }
  });

  it("is free where the file cannot be read as a lock", () => {
    const disk = new SimulatedDisk();
    disk.write(disk.open("/lock-0000000000000007", "create"), Buffer.from("rot"), 0);
    expect(lock(disk, seenBy(two, one)).term).toBe(8);
  });
});

describe("processes", () => {
  it("know themselves, and not another start, boot or space of the same number", () => {
    const { own, isAlive } = nodeProcesses;
    expect(isAlive(own)).toBe(true);
    expect(isAlive({ ...own, start: `${own.start}0` })).toBe(false);
    expect(isAlive({ ...own, boot: "another" })).toBe(false);
    expect(isAlive({ ...own, space: "another" })).toBe(false);
    expect(isAlive({ ...own, pid: 4_194_304 + own.pid })).toBe(false);
  });

  it.skipIf(nodeProcesses.own.start === "")(
    "are gone when they were killed, though nobody asked for their end",
    async () => {
      // A shell that becomes another program never asks for the end of what it began.
      const shell = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      const ended = once(shell, "exit");
      const pid = Number(String(await once(shell.stdout, "data")));
      const fields = () =>
        readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
      // Killed before the shell became that program, it would be asked for, and nothing would be left to read.
      while (readFileSync(`/proc/${shell.pid}/comm`, "latin1") !== "sleep\n") await nextTurn();
      process.kill(pid, "SIGKILL");
      while (fields()[0] !== "Z") await nextTurn();
      const gone = { ...nodeProcesses.own, pid, start: fields()[19] ?? "" };
      expect(nodeProcesses.isAlive(gone)).toBe(false);
      shell.kill("SIGKILL");
      await ended;
    },
  );
});
