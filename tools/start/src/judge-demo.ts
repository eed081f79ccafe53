/** ms from the start of the program to the first record in EXECUTION, and to the last one, that the demo may take. */
export const EXECUTION_MS_MAX = 10_000;
export const COMPLETE_MS_MAX = 60_000;

/** Of a record of the journal, what is judged. */
export interface DemoRecord {
  readonly at: number;
  readonly configuration: readonly string[];
  readonly proposal: { readonly instance: string; readonly transition: string };
}

export interface DemoSeen {
  readonly instance: string;
  /** ms since the epoch at which its program was started, by the clock that records have their times from. */
  readonly startedAt: number;
  readonly records: readonly DemoRecord[];
  /** What it printed. */
  readonly printed: string;
}

export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** A told transition: seconds since the project began, and its name. */
const TOLD = /^ *-?\d+\.\ds {2}(\S+)/;

/** Whether a demo went as `make start` promises: in time, and with a line for each step. */
export function judgeDemo({ instance, printed, records, startedAt }: DemoSeen): readonly Finding[] {
  const own = records.filter(({ proposal }) => proposal.instance === instance);
  const within = (what: string, record: DemoRecord | undefined, limitMs: number): Finding => {
    if (record === undefined) return { what, ok: false, detail: "it never was" };
    const ms = record.at - startedAt;
    return { what, ok: ms < limitMs, detail: `after ${ms} ms; it has ${limitMs}` };
  };
  const began = own.find(({ configuration }) =>
    configuration.some((leaf) => leaf.includes(".Execution.EXECUTION.")),
  );
  const completed = own.find(({ proposal }) => proposal.transition === "Execution_Complete");
  const happened = own.map(({ proposal }) => proposal.transition);
  const told = printed.split("\n").flatMap((line) => TOLD.exec(line)?.[1] ?? []);
  const place = happened.findIndex((name, index) => told[index] !== name);
  return [
    within("it is in EXECUTION", began, EXECUTION_MS_MAX),
    within("it is completed", completed, COMPLETE_MS_MAX),
    {
      what: "each step has its line",
      ok: happened.length > 0 && place === -1 && told.length === happened.length,
      detail:
        place === -1
          ? `${happened.length} steps, ${told.length} lines`
          : `step ${place} was ${happened[place]}, told was ${told[place] ?? "nothing"}`,
    },
  ];
}
