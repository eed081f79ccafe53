import { FileReading, type FileProblem, type Place } from "@swoosh/gates";
import { DEFAULT_GATE, DEFAULT_ROLES } from "./defaults.ts";
import {
  BEATS_PER_BAR_DEFAULT,
  BEATS_PER_BAR_MAX,
  BEATS_PER_BAR_MIN,
  BEATS_PER_MINUTE_DEFAULT,
  BEATS_PER_MINUTE_MAX,
  GOAL_LENGTH_MAX,
  SEATS_MAX,
} from "./limits.ts";
import type { ProjectPlan, ProjectTempo } from "./project-plan.ts";
import { checkReferences } from "./check-references.ts";
import { readGates } from "./read-gates.ts";
import { readRoles } from "./read-roles.ts";
import { readTasks } from "./read-tasks.ts";
import { readTools } from "./read-tools.ts";

/** One thing that is wrong with a project file: 1-based place, and what to do. */
export interface ProjectFileProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ReadProject =
  | { readonly plan: ProjectPlan; readonly problems?: undefined }
  | { readonly plan?: undefined; readonly problems: readonly ProjectFileProblem[] };

/** Name of the file in the root of a project's sources. */
export const PROJECT_FILE = "swoosh.yaml";

const KEYS = ["goal", "roles", "gates", "tasks", "tools", "thresholds", "tempo"] as const;

/**
 * Reads a project file (`docs/swoosh-yaml.md`): the plan with every default filled in, or everything that is wrong with
 * the file, in its order. A plan that comes out of here can be locked by the chart: its tasks can be done in some order, and
 * each has a role, a gate and a deadline. `file` is named in the problems and read from nowhere.
 */
export function readProjectFile(text: string, file: string = PROJECT_FILE): ReadProject {
  const reading = new FileReading(text, "a project");
  const { root } = reading;
  const plan = root === undefined ? undefined : readPlan(reading, root);
  const problems = reading.sorted();
  if (problems.length > 0 || plan === undefined)
    return { problems: problems.map((problem) => placed(file, problem)) };
  return { plan };
}

function readPlan(reading: FileReading, root: Place): ProjectPlan {
  reading.knows(root, KEYS);
  const goal = reading.text(root, "goal", { required: true, lengthMax: GOAL_LENGTH_MAX }) ?? "";
  const named = readRoles(reading, root);
  const roles = named.length === 0 ? DEFAULT_ROLES : named;
  const gates = readGates(reading, root);
  const seats = roles.reduce((sum, role) => sum + role.seats, 0);
  const plan: ProjectPlan = {
    goal,
    roles,
    gates: gates.some(({ name }) => name === DEFAULT_GATE.name) ? gates : [...gates, DEFAULT_GATE],
    tasks: readTasks(reading, root, roles),
    tools: readTools(reading, root),
    threshold: readThreshold(reading, root, seats),
    tempo: readTempo(reading, root),
  };
  checkReferences(reading, plan);
  return plan;
}

/** A majority of the seats unless the file says otherwise. */
function readThreshold(reading: FileReading, root: Place, seats: number): number {
  const majority = Math.floor(seats / 2) + 1;
  const place = reading.map(root, "thresholds");
  if (place === undefined) return majority;
  reading.knows(place, ["approvals"]);
  const most = Math.min(seats, SEATS_MAX);
  return reading.integer(place, "approvals", { least: 1, most }) ?? majority;
}

function readTempo(reading: FileReading, root: Place): ProjectTempo {
  const place = reading.map(root, "tempo");
  if (place !== undefined) reading.knows(place, ["beats_per_minute", "beats_per_bar"]);
  const integer = (key: string, least: number, most: number): number | undefined =>
    place === undefined ? undefined : reading.integer(place, key, { least, most });
  return {
    beatsPerMinute:
      integer("beats_per_minute", 1, BEATS_PER_MINUTE_MAX) ?? BEATS_PER_MINUTE_DEFAULT,
    beatsPerBar:
      integer("beats_per_bar", BEATS_PER_BAR_MIN, BEATS_PER_BAR_MAX) ?? BEATS_PER_BAR_DEFAULT,
  };
}

function placed(file: string, { line, column, message }: FileProblem): ProjectFileProblem {
  return { file, line: line ?? 1, column: column ?? 1, message };
}
