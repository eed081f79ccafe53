import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { needDebian } from "@swoosh/test";

/** A client of another language: how it is called for its two tasks. */
export interface ExampleClient {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  vectors(file: string): readonly string[];
  propose(given: {
    readonly url: string;
    readonly key: string;
    readonly rest: readonly string[];
  }): readonly string[];
}

export const CLIENTS_FOLDER = fileURLToPath(
  new URL("../../../../examples/clients/", import.meta.url),
);

/** What the clients run on, installed where it is missing. */
export function needClientTools(): void {
  const purpose = "the example clients";
  for (const [program, debianPackage] of [
    ["python3", "python3-cryptography"],
    ["openssl", "openssl"],
    ["curl", "curl"],
    ["jq", "jq"],
  ] as const)
    needDebian({ program, debianPackage, purpose });
}

const python = (env: Readonly<Record<string, string>>, name: string): ExampleClient => ({
  name,
  env,
  vectors: (file) => ["python3", join(CLIENTS_FOLDER, "python/swoosh.py"), "vectors", file],
  propose: ({ url, key, rest }) => [
    ...["python3", join(CLIENTS_FOLDER, "python/swoosh.py"), "propose"],
    ...["--url", url, "--key", key, ...rest],
  ],
});

export const EXAMPLE_CLIENTS: readonly ExampleClient[] = [
  python({}, "Python"),
  python({ SWOOSH_SIGN_WITH: "openssl" }, "Python with openssl"),
  {
    name: "shell",
    env: {},
    vectors: (file) => [join(CLIENTS_FOLDER, "shell/swoosh.sh"), "vectors", file],
    propose: ({ url, key, rest }) => [
      ...[join(CLIENTS_FOLDER, "shell/swoosh.sh"), "propose", url, key, ...rest],
    ],
  },
];

export interface ClientRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export function run(
  command: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<ClientRun> {
  const [program = "", ...argv] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => (out += String(chunk)));
    child.stderr.on("data", (chunk) => (err += String(chunk)));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

/** A Go toolchain, where there is one: it is too large to be installed for a test. */
export function goProgram(): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "go"))
    .find((file) => existsSync(file));
}
