import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect, it } from "vitest";
import { FleetRig } from "./test/fleet-rig.ts";

/** In `make soak` alone: each task is tried three times, and has its time. */
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
const PROJECT = "project/hostile";
/** As in `charts/project.yaml`. */
const ATTEMPTS_MAX = 3;

const rig = new FleetRig();
afterAll(() => rig.close());

const PATIENT = { timeout: "1m", memory_mib: 1024, output_kib: 256 };

/** Writes `reached`, and shows keys, wherever it gets to; an artefact of it leads to a key. */
const OUT = `/tmp/swoosh-hostile-${process.pid}`;
const REACHES = `
  ls ${rig.data}/agents/*/scratch ${rig.data}/agents/*/content 2> /dev/null | grep -v "^$"
  try() { (echo reached >> "$1") 2> /dev/null; }
  for place in ../reached ../../reached ../../content/*/kept.txt ${OUT}; do try $place; done
  for place in ${rig.root} ${rig.data} ${rig.data}/keys ${rig.data}/keys/agents; do try $place/reached; done
  cat ${rig.data}/keys/*.pem ${rig.data}/keys/agents/*.pem ${rig.data}/*/*.log 2> /dev/null
  for link in /proc/[0-9]*; do cat $link/root${rig.data}/keys/*.pem 2> /dev/null; done
  ln -s ${rig.data}/keys/agents keys
  exit 1`;

/** What each does, within which limits, and what it is stopped for. */
const HOSTILE = [
  {
    id: "writes",
    run: "yes a long line that repeats",
    limits: PATIENT,
    stopped: /^more than \d+ bytes of output$/,
  },
  {
    id: "never-ends",
    run: "trap '' TERM; while :; do sleep 1; done",
    limits: { ...PATIENT, timeout: "1s" },
    stopped: /^more than 1000 ms$/,
  },
  {
    id: "forks",
    run: "i=0; while test $i -lt 600; do sleep 600 & i=$((i+1)); done; wait",
    limits: PATIENT,
    stopped: /^more than \d+ processes$/,
  },
  {
    id: "eats",
    run: "head -c 400000000 /dev/zero | tail",
    limits: { ...PATIENT, memory_mib: 128 },
    stopped: /^more than \d+ bytes of memory$/,
  },
  {
    id: "hides",
    run: "setsid sh -c 'sleep 600' & sleep 600",
    limits: { ...PATIENT, timeout: "1s" },
    stopped: /^more than 1000 ms$/,
  },
  {
    id: "reaches",
    run: REACHES,
    limits: PATIENT,
    stopped: /^null$/,
  },
] as const;

interface TaskSeen {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
}

const tasks = (): readonly TaskSeen[] =>
  rig.context<{ execution: { tasks: readonly TaskSeen[] } }>(PROJECT).execution.tasks;

/** Processes that a task started, wherever they hid: each has the mark in its environment. */
function leftOver(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const place = readFileSync(`/proc/${name}/environ`, "latin1");
        const isDead = /^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${name}/stat`, "latin1"));
        return place.includes("SWOOSH_TASK_MARK=") && place.includes(rig.root) && !isDead;
      } catch {
        return false;
      }
    });
}

/** Everything that stands beside the log: but for what agents fetched, which is the content itself. */
function outside(): readonly string[] {
  return readdirSync(rig.root, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.startsWith("data/") || path.includes("/scratch/"))
    .toSorted();
}

/** What the agents' copies of the content hold. */
function contents(): ReadonlySet<string> {
  const files = readdirSync(rig.root, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.parentPath.includes("/content/"),
  );
  return new Set(
    files.map(({ name, parentPath }) => `${name} ${readFileSync(join(parentPath, name), "utf8")}`),
  );
}

it.runIf(isSoak)(
  "tasks that write, run, fork and eat without end are stopped with evidence, and leave nothing behind",
  async () => {
    const { findConfinement } = await import("@swoosh/agent");
    const isConfined = "mode" in (await findConfinement());
    const hostile = HOSTILE.filter(({ id }) => isConfined || id !== "reaches");
    await rig.start({ agents: 2 });
    const plan = {
      goal: "survive",
      roles: [{ name: "builder", core: true, seats: 1 }],
      tasks: hostile.map(({ id, limits, run }) =>
        id === "reaches"
          ? { id, limits, run, artefacts: ["keys/agent-1.pem"] }
          : { id, limits, run },
      ),
    };
    const text = JSON.stringify(plan);
    const source = rig.source("hostile", { "swoosh.yaml": text, "kept.txt": "kept" });
    await rig.begin(PROJECT, source);
    await rig.untilIn(PROJECT, "Execution.EXECUTION.WORK");
    const before = outside().filter((path) => !path.includes("/scratch/"));
    const isOver = ({ attempts, state }: TaskSeen): boolean =>
      state === "failed" && attempts >= ATTEMPTS_MAX;
    await rig.until(PROJECT, () => tasks().every(isOver));
    await rig.until("agent/agent-1", (leaves) => leaves.includes("Work.READY"));
    await rig.until("agent/agent-2", (leaves) => leaves.includes("Work.READY"));

    // Each end is in the log, and its evidence says what it was stopped for.
    const failed = (await rig.records()).filter(
      ({ proposal }) => proposal.transition === "Execution_TaskFailed",
    );
    expect(failed).toHaveLength(hostile.length * ATTEMPTS_MAX);
    const reached: { readonly artefacts: unknown; readonly exit: number; readonly log: string }[] =
      [];
    const ends = new Map<string, Set<string>>();
    for (const { inputs } of failed) {
      const bytes = rig.fleet.node.blobs.read(String(inputs?.["evidence"]));
      const outcome = JSON.parse(Buffer.from(bytes ?? []).toString());
      const stops = ends.get(outcome.task) ?? new Set<string>();
      ends.set(outcome.task, stops.add(String(outcome.stopped)));
      if (outcome.task === "reaches") reached.push(outcome);
    }
    for (const { id, stopped } of hostile)
      for (const stop of ends.get(id) ?? ["nothing"]) expect(stop).toMatch(stopped);
    for (const { artefacts, exit, log } of reached) {
      expect([artefacts, exit]).toEqual([[], 1]);
      // It sees its own checkout, and no other.
      const said = Buffer.from(rig.fleet.node.blobs.read(log) ?? []).toString();
      expect(said).toMatch(/^(.*\/scratch:\n)?[\w-]+\n$/);
    }
    const inRig = readdirSync(rig.root, { recursive: true, encoding: "utf8" });
    expect(inRig.filter((path) => path.endsWith("/reached"))).toEqual([]);
    expect(existsSync(OUT)).toBe(false);
    expect(leftOver()).toEqual([]);
    expect(outside()).toEqual(before);
    expect(contents()).toEqual(new Set([`swoosh.yaml ${text}`, "kept.txt kept"]));
    // The members turn it down; the server and its agents go on.
    await rig.until(PROJECT, (leaves) => leaves.some((leaf) => leaf.endsWith("EXECUTION.PLAN")));
  },
  240_000,
);
