import { describe, expect, it } from "vitest";
import { readTrace } from "./read-trace.ts";
import { drawFrom } from "./simulated-disk.ts";
import { TracedDisk, type NameKeeping, type TracedAct } from "./traced-disk.ts";

const hex = (text: string): string =>
  `"${[...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}"`;
const open = (file: number, name: string): TracedAct => ({
  kind: "open",
  file,
  name,
  isEmptied: true,
});
const write = (file: number, text: string): TracedAct => ({
  kind: "write",
  file,
  bytes: Buffer.from(text),
});
const sync = (file: number | null, number = 1): readonly TracedAct[] => [
  { kind: "sync", sync: number, file },
  { kind: "synced", sync: number },
];
const rename = (from: string, to: string): TracedAct => ({ kind: "rename", from, to });

/** Everything that a loss of power may leave, each as `name=text name=text`, with a dot for a zero. */
function leftBy(
  acts: readonly TracedAct[],
  keeping: NameKeeping = "in-order",
  zeros?: RegExp,
): readonly string[] {
  const disk = new TracedDisk(keeping);
  for (const act of acts) disk.do(act);
  const seen = new Set<string>();
  for (let seed = 0; seed < 400; seed += 1) {
    const files = [...disk.afterLoss(drawFrom(seed), zeros)].map(
      ([name, bytes]) => `${name}=${Buffer.from(bytes).toString("latin1").replaceAll("\0", ".")}`,
    );
    seen.add(files.toSorted().join(" "));
  }
  return [...seen].toSorted();
}

describe("a disk of which a process was traced", () => {
  it("may have all, some and none of what was not synced, and zeros", () => {
    const acts = [open(1, "a"), write(1, "xy")];
    expect(leftBy(acts)).toEqual(["", "a=", "a=.", "a=..", "a=x", "a=xy"]);
    expect(leftBy(acts, "in-order", /b/u)).toEqual(["", "a=", "a=x", "a=xy"]);
  });

  it("has what was synced, with its name, but nothing that was written after the sync began", () => {
    const begun = [open(1, "a"), write(1, "x"), { kind: "sync", sync: 1, file: 1 } as const];
    expect(leftBy([...begun, write(1, "y")])).toContain("");
    const ended = [...begun, write(1, "y"), { kind: "synced", sync: 1 } as const];
    expect(leftBy(ended)).toEqual(["a=x", "a=x.", "a=xy"]);
  });

  it("gives and takes names in their order, up to the last sync at least", () => {
    const acts = [
      open(1, "a"),
      ...sync(1, 1),
      open(2, "b"),
      write(2, "B"),
      ...sync(2, 2),
      rename("b", "c"),
      { kind: "unlink", name: "a" } as const,
    ];
    expect(leftBy(acts)).toEqual(["a= b=B", "a= c=B", "c=B"]);
    expect(leftBy([...acts, open(3, "d"), ...sync(3, 3)])).toEqual(["c=B d="]);
  });

  it("keeps a name by a sync of the folder alone, where the file system promises no more", () => {
    const acts = [open(1, "a"), write(1, "x"), ...sync(1), rename("a", "b")];
    expect(leftBy(acts, "by-folder")).toEqual(["", "a=x", "b=x"]);
    expect(leftBy([...acts, ...sync(null, 2)], "by-folder")).toEqual(["b=x"]);
  });

  it("shows of a file that is emptied what it was, or what came then", () => {
    const acts = [open(1, "a"), write(1, "x"), ...sync(1), open(2, "a")];
    expect(leftBy(acts)).toEqual(["a=", "a=x"]);
  });
});

describe("a trace", () => {
  const folder = "/data/level";
  const at = (name: string): string => hex(`${folder}/${name}`);

  it("is read in the order of its calls; a sync holds from its end on", () => {
    const log = [
      `7 openat(AT_FDCWD, ${at("1.log")}, O_WRONLY|O_CREAT|O_TRUNC, 0666) = 20`,
      `7 openat(AT_FDCWD, ${hex("/etc/passwd")}, O_RDONLY) = 21`,
      `7 write(20, ${hex("abc")}, 3) = 2`,
      `7 fdatasync(20 <unfinished ...>`,
      `8 write(1, ${hex("ack 1\n")}, 6) = 6`,
      `9 openat(AT_FDCWD, ${at("gone")}, O_RDONLY) = -1 ENOENT (No such file or directory)`,
      `7 <... fdatasync resumed>) = 0`,
      `7 close(20) = 0`,
      `7 openat(AT_FDCWD, ${hex(folder)}, O_RDONLY) = 20`,
      `7 fsync(20) = 0`,
      `8 rename(${at("1.log")}, ${at("2.log")}) = 0`,
      `8 unlink(${at("2.log")}) = 0`,
      `8 +++ exited with 0 +++`,
    ].join("\n");
    const [first, ...rest] = readTrace(log, folder);
    expect(first).toMatchObject({ kind: "open", name: "1.log", isEmptied: true });
    expect(rest).toMatchObject([
      { kind: "write", bytes: Buffer.from("ab") },
      { kind: "sync", file: first?.kind === "open" ? first.file : -1 },
      { kind: "said", line: "ack 1" },
      { kind: "synced" },
      { kind: "sync", file: null },
      { kind: "synced" },
      { kind: "rename", from: "1.log", to: "2.log" },
      { kind: "unlink", name: "2.log" },
    ]);
  });

  it("with a call that the disk does not know is refused", () => {
    const opened = `7 openat(AT_FDCWD, ${at("1.log")}, O_RDWR|O_CREAT, 0666) = 20`;
    for (const call of [`ftruncate(20, 3) = 0`, `link(${at("1.log")}, ${at("2.log")}) = 0`])
      expect(() => readTrace(`${opened}\n7 ${call}`, folder)).toThrow("cannot be read");
  });
});
