/** Every bound of `swoosh.yaml`. Those that the chart has as well must agree with `charts/project.yaml`; a test compares them. */

/** Code points of a goal. */
export const GOAL_LENGTH_MAX = 400;
/** Tasks of one plan, and tasks that one may wait for. */
export const TASKS_MAX = 16;
export const NEEDS_MAX = 8;
/** Code points of a task's id, of the name of a role, of a gate, of a tool, and of a tool's pin. */
export const TASK_ID_LENGTH_MAX = 20;
export const ROLE_LENGTH_MAX = 24;
export const GATE_LENGTH_MAX = 32;
export const TOOL_LENGTH_MAX = 24;
export const PIN_LENGTH_MAX = 24;
/** Roles of a council, those that must be filled, and seats of all of them together. */
export const ROLES_MAX = 8;
export const CORE_ROLES_MAX = 4;
export const SEATS_MAX = 9;
/** Tools that a project may ask for. */
export const TOOLS_MAX = 5;
export const GATES_MAX = 16;
/** Beats that a task has unless it says otherwise, and at most: five minutes at the default tempo, as its time limit. */
export const DEADLINE_BEATS_DEFAULT = 600;
export const DEADLINE_BEATS_MAX = 1_000_000;
/** Of one run: ms, bytes of memory, bytes of output; defaults, and what may be asked for. */
export const TASK_TIMEOUT_MS_DEFAULT = 300_000;
export const TASK_TIMEOUT_MS_MAX = 86_400_000;
export const TASK_MEMORY_MIB_DEFAULT = 1_024;
export const TASK_MEMORY_MIB_MAX = 1_048_576;
export const TASK_OUTPUT_KIB_DEFAULT = 1_024;
export const TASK_OUTPUT_KIB_MAX = 65_536;
/** Words of a command, code points of a word, paths of one list. */
export const COMMAND_WORDS_MAX = 64;
export const COMMAND_LENGTH_MAX = 4_096;
export const PATHS_MAX = 16;
export const PATH_LENGTH_MAX = 200;
/** Beats a minute and beats a bar of the built-in pulse: BeatFrame v1 ends at 1000; a bar holds the three phases and a turn between them. */
export const BEATS_PER_MINUTE_DEFAULT = 120;
export const BEATS_PER_MINUTE_MAX = 1_000;
export const BEATS_PER_BAR_DEFAULT = 8;
export const BEATS_PER_BAR_MIN = 4;
export const BEATS_PER_BAR_MAX = 120;
