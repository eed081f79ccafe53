import { PROJECT_FILE, readProjectFile } from "../project-file/read-project-file.ts";
import type { ProjectPlan } from "../project-file/project-plan.ts";
import type { BlobStore } from "../evidence/blob-store.ts";
import type { JsonObject } from "@swoosh/kernel";

/** What a project was begun with: evidence under `boot.config_hash`. */
export interface ProjectConfig extends JsonObject {
  readonly source: string;
}

/** One file of a manifest. */
export interface ManifestEntry {
  readonly path: string;
  readonly hash: string;
  readonly size: number;
}

export interface PlanOfContent {
  readonly plan: ProjectPlan | undefined;
  /** Each with file, line and column. */
  readonly problems: readonly string[];
}

/** Plans in ingested content, read once for each content hash: content never changes. */
export class ContentPlans {
  readonly #blobs: Pick<BlobStore, "read">;
  readonly #known = new Map<string, PlanOfContent>();

  constructor(blobs: Pick<BlobStore, "read">) {
    this.#blobs = blobs;
  }

  read(contentHash: string): PlanOfContent {
    const known = this.#known.get(contentHash);
    if (known !== undefined) return known;
    const manifest = this.#json(contentHash);
    // Not there yet is not remembered: it may still come.
    if (manifest === undefined) return { plan: undefined, problems: ["the content is not here"] };
    const read = this.#readPlan(Object(manifest)["files"]);
    this.#known.set(contentHash, read);
    return read;
  }

  /** What a project was begun with. */
  config(hash: string): ProjectConfig | undefined {
    const read = Object(this.#json(hash));
    return typeof read["source"] === "string" ? { ...read, source: read["source"] } : undefined;
  }

  #readPlan(files: unknown): PlanOfContent {
    const entries: readonly ManifestEntry[] = Array.isArray(files) ? files : [];
    const entry = entries.find(({ path }) => path === PROJECT_FILE);
    const bytes = entry === undefined ? undefined : this.#blobs.read(entry.hash);
    if (bytes === undefined)
      return {
        plan: undefined,
        problems: [
          `there is no ${PROJECT_FILE} in the root of the content; its least form is a goal and tasks: [{id, run}]`,
        ],
      };
    const { plan, problems = [] } = readProjectFile(Buffer.from(bytes).toString("utf8"));
    return {
      plan,
      problems: problems.map(
        ({ column, file, line, message }) => `${file}:${line}:${column}: ${message}`,
      ),
    };
  }

  #json(hash: string): unknown {
    const bytes = this.#blobs.read(hash);
    if (bytes === undefined) return undefined;
    try {
      return JSON.parse(Buffer.from(bytes).toString("utf8"));
    } catch {
      return undefined;
    }
  }
}
