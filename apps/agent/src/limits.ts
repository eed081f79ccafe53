/** Bounds of an agent's work, with unit and reason. */

/** Bytes of output whose text is kept as evidence; the rest is counted and hashed. Tails are what people read. */
export const OUTPUT_HEAD_BYTES = 65_536;
export const OUTPUT_TAIL_BYTES = 196_608;
/** ms between looks at a task's processes: memory, count, disk. */
export const LOOK_MS = 150;
/** Looks between two measurings of the disk: it means a walk. */
export const DISK_LOOKS = 5;
/** Processes that a task may have at once: builds fork, bombs do not stop. */
export const PROCESSES_MAX = 256;
/** Bytes that a task may add to its checkout, and of one file (what a full disk would cost all others). */
export const DISK_BYTES_MAX = 1_073_741_824;
/** ms between SIGTERM and SIGKILL for what passes a limit, and for the pipes to run dry afterwards. */
export const GRACE_MS = 500;
export const DRAIN_MS = 2_000;
/** ms between two events with lines of a task's log; lines are news, the whole is evidence. */
export const LOG_EVENT_MS = 250;
/** Characters of one such event: frames are bounded, and a loud task must not crowd out others. */
export const LOG_EVENT_LENGTH = 4_096;
/** Files fetched at a time. */
export const FETCHES_MAX = 8;
/** Bytes of an artefact that is kept. */
export const ARTEFACT_BYTES_MAX = 16_777_216;
/** Files that one task may keep. */
export const ARTEFACTS_MAX = 256;
/** ms in which the host must show that it can confine a task; it takes a tenth of a second on an idle one. */
export const PROBE_MS = 20_000;
