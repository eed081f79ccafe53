import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { runSwoosh, type Answer } from "../../test/run-swoosh.ts";

const EXAMPLES = fileURLToPath(new URL("../../../../../examples/gates/", import.meta.url));

/** What `swoosh gates status --json` says, as far as tests look. */
export interface Status {
  readonly ladder: string;
  readonly level: number;
  readonly reached: number;
  readonly criteria: readonly {
    readonly id: string;
    readonly level: number;
    readonly state: string;
    readonly age_s: number | null;
    readonly cause: string | null;
    readonly evidence: string | null;
  }[];
  readonly triggers: readonly {
    readonly id: string;
    readonly state: string;
    readonly cause: string | null;
  }[];
  readonly levels: readonly {
    readonly level: number;
    readonly state: string;
    readonly lacking: readonly string[];
    readonly incident: {
      readonly criterion: string;
      readonly cause: string;
      readonly commit: string;
      readonly evidence: string;
    } | null;
  }[];
  readonly halted: { readonly severity: string; readonly reason: string } | null;
}

/** A git repository of the test's own. */
export class GatesRepository {
  readonly root: string;

  constructor(example?: string) {
    this.root = mkdtempSync(join(tmpdir(), "swoosh-gates-"));
    if (example !== undefined) cpSync(join(EXAMPLES, example), this.root, { recursive: true });
    this.write(".gitignore", ".swoosh/\nnode_modules/\n");
    this.git("init", "-q", ".");
    this.git("config", "user.name", "test");
    this.git("config", "user.email", "test@example.org");
  }

  write(path: string, content: string, mode = 0o644): void {
    const whole = join(this.root, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, content);
    chmodSync(whole, mode);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  remove(path: string): void {
    rmSync(join(this.root, path));
  }

  git(...argv: readonly string[]): string {
    return execFileSync("git", ["-C", this.root, ...argv], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  }

  commit(message = "change", ...more: readonly string[]): string {
    this.git("add", "-A");
    this.git("commit", "-q", "--allow-empty", "-m", message, ...more);
    return this.git("rev-parse", "HEAD").trim();
  }

  gates(command: string, ...argv: readonly string[]): Promise<Answer> {
    return runSwoosh(["gates", command, ...argv, "--repo", this.root]);
  }

  async status(): Promise<Status> {
    const { out } = await this.gates("status", "--json");
    const status: Status = JSON.parse(out);
    return status;
  }

  /** Names in the folder of living documents. */
  living(pattern: RegExp): readonly string[] {
    const folder = join(this.root, "docs", "living");
    return existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => pattern.test(name))
          .toSorted()
      : [];
  }

  bundles(): readonly string[] {
    const folder = join(this.root, ".swoosh", "gates", "bundles");
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  }

  /** What is stored under this hash. */
  stored(name: string): string {
    const digits = name.slice("sha256-".length);
    return this.read(join(".swoosh", "gates", "bytes", digits.slice(0, 2), digits));
  }

  /** Edits every stored byte string that says `from`; tells how many. */
  editEvidence(from: string, to: string): number {
    const folder = join(this.root, ".swoosh", "gates", "bytes");
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile());
    const meant = paths.filter((path) => readFileSync(path, "utf8").includes(from));
    for (const path of meant) writeFileSync(path, readFileSync(path, "utf8").replaceAll(from, to));
    return meant.length;
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Repositories of one test file, removed at its end. */
export function repositories(): (example?: string) => GatesRepository {
  const made: GatesRepository[] = [];
  afterAll(() => {
    for (const one of made) one.dispose();
  });
  return (example) => {
    const repository = new GatesRepository(example);
    made.push(repository);
    return repository;
  };
}
