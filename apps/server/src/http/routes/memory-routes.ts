import { parseStrictJson } from "@swoosh/kernel";
import { BODY_BYTES_MAX, wireProblem } from "@swoosh/protocol";
import { MEMORY_SETTINGS_DEFAULT, MemoryThread } from "../../memory/memory-thread.ts";
import { PolicyAway } from "../../providers/shhh/policy-engine.ts";
import { given, notLeader, refused, type Reading } from "../../read/reading.ts";
import type { Screen } from "../../screen/screen.ts";
import { secretProblem } from "../../screen/screen-proposal.ts";
import type { HttpApp, RouteContext } from "../http-app.ts";
import { memoryOwner } from "../memory-owner.ts";
import { jsonOf, mount, sentAs, type Asked, type Sent } from "../mount.ts";
import type { ReadDoors } from "../read-doors.ts";
import { refuseRoute } from "../refuse-route.ts";

type Refusal = Extract<Reading<never>, { ok: false }>;

/** `POST /memories` and `GET /memories`: the mesh's memory, kept by a thread that begins with the first question. */
export function addMemoryRoutes(
  app: HttpApp,
  { sessions }: Pick<ReadDoors, "sessions">,
  context: RouteContext,
): void {
  const { node, screen } = context;
  const settings = context.memory ?? MEMORY_SETTINGS_DEFAULT;
  const memory = new MemoryThread({ ...settings, data: node.folder }, (error) =>
    context.onDefect?.(error),
  );
  app.addHook("onClose", () => memory.close());
  mount(app, "rememberText", {
    sessions,
    handler: (asked) =>
      counted(context, "remember", async () => {
        const owner = await ownerOf(context, asked, true);
        if (!owner.ok) return owner;
        const read = textIn(asked.request.body);
        if (!read.ok) return read;
        const about = { instance: owner.value ?? "", ...read.value };
        const problem = screen === undefined ? undefined : await screened(screen, about);
        if (problem !== undefined) return problem;
        const kept = await memory.remember(owner.value, read.value);
        return sentAs(kept, (items) => ({ ...jsonOf({ items }), status: 201 }));
      }),
  });
  mount(app, "recallMemories", {
    sessions,
    handler: (asked) =>
      counted(context, "recall", async () => {
        const owner = await ownerOf(context, asked, false);
        if (!owner.ok) return owner;
        const { query } = asked;
        const what = { query: query.text("query") ?? "", limit: query.integer("limit") ?? 1 };
        return sentAs(await memory.recall(owner.value, what), jsonOf);
      }),
  });
}

/** Memories lie where the log is written: a follower sends there, and a folder that is merely read has none to tell. */
export function addMemoryAway(app: HttpApp, leader: string | null): void {
  const { problem } =
    leader === null
      ? refused("not_found", "memories are told by a server; swoosh mesh recall reads a folder")
      : notLeader(leader, `this node follows ${leader} and has no memories; ask there`);
  for (const id of ["rememberText", "recallMemories"] as const) refuseRoute(app, id, problem);
}

async function counted(
  { node }: Pick<RouteContext, "node">,
  operation: "remember" | "recall",
  answer: () => Promise<Reading<Sent>>,
): Promise<Reading<Sent>> {
  const answered = await answer();
  const result = answered.ok ? "ok" : answered.problem.code;
  node.metrics.store.add("swoosh_memory_total", { operation, result });
  return answered;
}

/** Whose memory it is about, where the caller may, and has a share left. */
async function ownerOf(
  { limiter, node }: Pick<RouteContext, "limiter" | "node">,
  { holder, query }: Asked,
  writes: boolean,
): Promise<Reading<string | undefined>> {
  const { state } = node.engine;
  const owner = memoryOwner(state, { holder, instance: query.text("for"), writes });
  if (!owner.ok || holder.name === "") return owner;
  const afterMs = await limiter.takeOf(state, holder.name);
  if (afterMs === null) return owner;
  return refused("rate_limited", `the share of ${holder.name}'s tenant is used up`, {
    after_ms: afterMs,
  });
}

interface MemoryText {
  readonly source: string;
  readonly text: string;
}

function textIn(body: unknown): Reading<MemoryText> {
  if (typeof body !== "string") return refused("malformed", "the body is empty; send {text}");
  const parsed = parseStrictJson(body, { place: "body", bytesMax: BODY_BYTES_MAX });
  if (!parsed.ok) return refused("malformed", `${parsed.place}: ${parsed.problem}`);
  const problem = wireProblem("MemoryText", parsed.value);
  if (problem !== undefined) return refused("malformed", problem);
  const { source = "", text }: { readonly source?: string; readonly text: string } =
    JSON.parse(body);
  return given({ source, text });
}

/** Memories are told to others, so nothing of one that holds a secret is kept. */
async function screened(
  screen: Screen,
  { instance, source, text }: MemoryText & { readonly instance: string },
): Promise<Refusal | undefined> {
  const found =
    screen.value(instance, { source, text }) ??
    (await findingIn(screen, instance, text).catch((error: unknown) => {
      if (error instanceof PolicyAway) return error;
      throw error;
    }));
  if (found === undefined) return undefined;
  if (found instanceof PolicyAway)
    return refused("overloaded", `${found.message}; nothing was kept, send it again`, {
      after_ms: 5_000,
    });
  await screen.actOn(found);
  return { ok: false, problem: secretProblem(found) };
}

async function findingIn(
  screen: Screen,
  instance: string,
  text: string,
): Promise<ReturnType<Screen["found"]> | undefined> {
  const bytes = Buffer.from(text, "utf8");
  const found = await screen.evidence(bytes, "memory");
  switch (found.kind) {
    case "clean":
      return undefined;
    case "denied":
      return screen.found(instance, found.scan);
    case "redacted":
      return screen.found(instance, screen.scanner.scanBytes(bytes, "memory"));
  }
}
