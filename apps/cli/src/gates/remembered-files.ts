import { hash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { GatesFiles } from "./gates-files.ts";
import { keyIfThere } from "./node-ports.ts";
import { readIfThere, writeWhole } from "./write-whole.ts";

/** What was read, for commands that must answer at once: reading YAML is most of what `status` would take. */
const FILE = "files.json";
/** DSSE payload type. */
const TYPE = "application/vnd.swoosh.gates-files.v1+json";
/** The files that `readGatesFiles` reads, whole: whoever changes one byte of them, or makes one, has them read anew. */
const READ = ["gates/maturity.yaml", "gates/gaps.yaml", "gates/lifecycle.yaml"];

/**
 * What was read from these very bytes by this very reader, without a problem; undefined: read them. It is a copy and decides nothing: signed by the
 * log's own key, so that a copy that somebody edited is no copy.
 */
export function rememberedFiles(root: string): GatesFiles | undefined {
  const text = readIfThere(join(root, ".swoosh", "gates", FILE));
  if (text === undefined) return undefined;
  try {
    const ci = keyIfThere(join(root, ".swoosh", "gates", "keys", "ci.pem"));
    const { body, signature }: { body: Remembered; signature: string } = JSON.parse(text);
    const { ladder, lifecycle } = body;
    if (body.of !== stampOf(root)) return undefined;
    // Ed25519 is deterministic: who holds the key signs again and compares.
    if (ci?.signPayload(TYPE, { text: JSON.stringify(body) }) !== signature) return undefined;
    return { ladder, lifecycle, sources: [], isSound: true };
  } catch {
    return undefined;
  }
}

/** Only what has no problem at all is remembered: warnings are told each time. Before the log's first key there is nothing to sign with. */
export function rememberFiles(root: string, files: GatesFiles): void {
  const folder = join(root, ".swoosh", "gates");
  if (files.sources.some(({ problems }) => problems.length > 0)) return;
  try {
    const ci = keyIfThere(join(folder, "keys", "ci.pem"));
    if (ci === undefined) return;
    const { ladder, lifecycle } = files;
    const body: Remembered = {
      of: stampOf(root),
      ...(ladder === undefined ? {} : { ladder }),
      ...(lifecycle === undefined ? {} : { lifecycle }),
    };
    const signature = ci.signPayload(TYPE, { text: JSON.stringify(body) });
    writeWhole(join(folder, FILE), JSON.stringify({ body, signature }));
  } catch {
    // It saves time and nothing else.
  }
}

interface Remembered {
  readonly of: string;
  readonly ladder?: NonNullable<GatesFiles["ladder"]>;
  readonly lifecycle?: NonNullable<GatesFiles["lifecycle"]>;
}

/** The bytes of the files, and the reader: sizes and times of its sources. */
function stampOf(root: string): string {
  const files = READ.map((file) => `${file} ${hashOf(readIfThere(join(root, file)))}`);
  const reader = fileURLToPath(new URL(".", import.meta.resolve("@swoosh/gates/status")));
  const sources = readdirSync(reader)
    .filter((name) => name.endsWith(".ts"))
    .toSorted()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(reader, name));
      return `${name} ${size} ${mtimeMs}`;
    });
  return hash("sha256", [...files, ...sources].join("\n"), "hex");
}

function hashOf(text: string | undefined): string {
  return text === undefined ? "none" : hash("sha256", text, "hex");
}
