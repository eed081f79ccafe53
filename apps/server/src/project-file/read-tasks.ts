import type { FileReading, Place } from "@swoosh/gates";
import { DEFAULT_GATE } from "./defaults.ts";
import {
  DEADLINE_BEATS_DEFAULT,
  DEADLINE_BEATS_MAX,
  NEEDS_MAX,
  TASK_ID_LENGTH_MAX,
  TASK_MEMORY_MIB_DEFAULT,
  TASK_MEMORY_MIB_MAX,
  TASK_OUTPUT_KIB_DEFAULT,
  TASK_OUTPUT_KIB_MAX,
  TASK_TIMEOUT_MS_DEFAULT,
  TASK_TIMEOUT_MS_MAX,
  TASKS_MAX,
} from "./limits.ts";
import type { ProjectRole, ProjectTask, TaskLimits } from "./project-plan.ts";
import { commandIn, nameIn, notMoreThan, pathsIn, referenceIn } from "./read-words.ts";

const KEYS = [
  "id",
  "role",
  "run",
  "needs",
  "deadline_beats",
  "gate",
  "artefacts",
  "limits",
] as const;
const KIB_BYTES = 1_024;
const MIB_BYTES = 1_048_576;

/** The tasks of the file; a task without a role belongs to the first one. */
export function readTasks(
  reading: FileReading,
  root: Place,
  roles: readonly ProjectRole[],
): readonly ProjectTask[] {
  notMoreThan(reading, root, "tasks", TASKS_MAX);
  const value = root.value["tasks"];
  if (value === undefined || (Array.isArray(value) && value.length === 0))
    reading.error(
      "missing",
      value === undefined ? [] : ["tasks"],
      "a project has at least one task: tasks: [{ id: test, run: npm test }]",
    );
  return reading.maps(root, "tasks").map((place) => readTask(reading, place, roles));
}

function readTask(reading: FileReading, place: Place, roles: readonly ProjectRole[]): ProjectTask {
  reading.knows(place, KEYS);
  notMoreThan(reading, place, "needs", NEEDS_MAX);
  const deadlineBeats = reading.integer(place, "deadline_beats", {
    least: 1,
    most: DEADLINE_BEATS_MAX,
  });
  return {
    id: nameIn(reading, place, "id", TASK_ID_LENGTH_MAX, "dots"),
    role: referenceIn(reading, place, "role") ?? roles[0]?.name ?? "",
    run: commandIn(reading, place, { required: true }) ?? [],
    needs: reading.texts(place, "needs"),
    deadlineBeats: deadlineBeats ?? DEADLINE_BEATS_DEFAULT,
    gate: referenceIn(reading, place, "gate") ?? DEFAULT_GATE.name,
    artefacts: pathsIn(reading, place, "artefacts"),
    limits: readLimits(reading, place),
  };
}

function readLimits(reading: FileReading, task: Place): TaskLimits {
  const place = reading.map(task, "limits") ?? { value: {}, path: [...task.path, "limits"] };
  reading.knows(place, ["timeout", "memory_mib", "output_kib"]);
  const memoryMib = reading.integer(place, "memory_mib", { least: 1, most: TASK_MEMORY_MIB_MAX });
  const outputKib = reading.integer(place, "output_kib", { least: 1, most: TASK_OUTPUT_KIB_MAX });
  return {
    timeoutMs: reading.duration(place, "timeout", TASK_TIMEOUT_MS_MAX) ?? TASK_TIMEOUT_MS_DEFAULT,
    memoryBytes: (memoryMib ?? TASK_MEMORY_MIB_DEFAULT) * MIB_BYTES,
    outputBytes: (outputKib ?? TASK_OUTPUT_KIB_DEFAULT) * KIB_BYTES,
  };
}
