import { createServer } from "node:net";
import { canonicalize } from "@swoosh/kernel";
import { wireProblem } from "@swoosh/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CapturedConsole } from "./test/captured-console.ts";
import { runSwoosh, type Answer } from "./test/run-swoosh.ts";

/** A real server over a data folder of its own. */
async function openRig() {
  const { HttpRig } = await import("../../server/src/http/test/http-rig.ts");
  return HttpRig.open();
}

let rig: Awaited<ReturnType<typeof openRig>>;
/** Indexes of the flips of `a`, `b` and again `b`. */
let a: number;
let b: number;
let last: number;
beforeAll(async () => {
  rig = await openRig();
  a = await rig.flip("a");
  b = await rig.flip("b");
  last = await rig.flip("b");
});
afterAll(() => rig.close());

const swoosh = (...argv: string[]): Promise<Answer> =>
  runSwoosh([...argv, "--url", rig.server.url]);

async function lines(...argv: string[]): Promise<readonly string[]> {
  const { code, out, err } = await swoosh(...argv);
  expect([code, err]).toEqual([0, ""]);
  return out.trimEnd().split("\n");
}

describe("reading commands", () => {
  it("verify a running server by replay, and by the checkpoint that it signs", async () => {
    const { code, out } = await swoosh("verify", "--signatures", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, size: last + 1, signatures: last + 1 });
  });

  it("show a state, whole, projected and of the past", async () => {
    const whole = await lines("state", "switch/b");
    expect(whole[0]).toBe("switch/b is in OFF");
    expect(whole).toContain("  flips  2");
    const past = await lines("state", "switch/b", "--at", String(b));
    expect(past.slice(0, 2)).toEqual(["switch/b is in ON", `record  ${b}`]);
    const projected = await lines("state", "switch/b", "--projection", "root");
    expect(projected.at(-1)).toBe('  root  {"epoch":2,"flips":2,"phase":"OFF"}');
  });

  it("say which windows are open", async () => {
    const told = await lines("windows");
    expect(told[0]).toBe("there is no beat yet");
    expect(told[1]).toMatch(/^CLASS +NEEDS +NOW +TIDE +NEXT +WHY$/);
    expect(told.find((line) => line.startsWith("review"))).toMatch(
      /^review +review +closed +there is no beat yet/,
    );
    expect((await swoosh("windows", "--chart", "none")).code).toBe(1);
    const [json = ""] = await lines("windows", "--chart", "switch", "--json");
    expect(JSON.parse(json)).toEqual({ classes: [], frame: null });
  });

  it("walk back over what stands behind a decision", async () => {
    const walked = await lines("decisions", "walk", String(last));
    expect(walked[0]).toMatch(/^DEPTH {2}RECORD {2}INSTANCE +TRANSITION +BEHIND$/);
    expect(walked[1]).toMatch(new RegExp(`^0 +${last} +switch/b +Switch_Flip`));
    expect(walked[2]).toMatch(
      new RegExp(`^1 +${b} +switch/b +Switch_Flip +derived-from of ${last}$`),
    );
    expect(walked).toHaveLength(3);
    const one = await lines("decisions", "walk", String(last), "--depth", "0", "--json");
    const first: { decision: { id: string }; depth: number } = JSON.parse(one[0] ?? "");
    expect([one.length, first.depth]).toEqual([1, 0]);
    expect(await lines("decisions", "walk", first.decision.id, "--depth", "0", "--json")).toEqual(
      one,
    );
    const none = await swoosh("decisions", "walk", "99999");
    expect([none.code, none.err]).toEqual([
      1,
      expect.stringContaining("there is no decision 99999"),
    ]);
  });

  it("list instances and decisions as tables", async () => {
    expect(await lines("instances", "--chart", "switch")).toEqual([
      expect.stringMatching(/^INSTANCE {2}IN {3}RECORD {2}STATE$/),
      expect.stringMatching(new RegExp(`^switch/a {2}ON {3}${a} {6}sha256-[0-9a-f]{12}$`)),
      expect.stringMatching(new RegExp(`^switch/b {2}OFF {2}${last} {6}sha256-[0-9a-f]{12}$`)),
    ]);
    const decisions = await lines("decisions", "--instance", "switch/b");
    expect(decisions).toHaveLength(3);
    expect(decisions[1]).toMatch(
      new RegExp(`^${b} {6}2023-11-14 22:13:20 {2}switch/b {2}Switch_Flip {2}operator$`),
    );
    const { out, err } = await swoosh("decisions", "--transition", "Switch_Flip", "--limit", "1");
    expect(out.split("\n")).toHaveLength(3);
    expect(err).toBe(`the first 1; --limit shows more, --since ${a + 1} goes on\n`);
  });

  it("explain in words, and tell why", async () => {
    expect(await lines("explain", "switch/a")).toEqual([
      "switch/a is in ON",
      "  Switch_Burn is refused now: 1 flips are too few",
      "  client or operator may Switch_Flip",
      "",
      "closed  Switch_Burn by operator: operator",
      "  no worn 1 flips are too few",
      "  → worn passes when context.flips > 2",
      "  → worn sees context.flips = 1",
      "  → context.flips is changed by Switch_Flip",
      "",
      "open    Switch_Flip by client or operator: operator",
    ]);
    expect(await lines("why", "switch/b")).toEqual([
      "switch/b is in OFF",
      "  client or operator may Switch_Flip",
      "",
      `record ${last} 2023-11-14 22:13:20 operator as operator proposed Switch_Flip: switch/b is in OFF`,
      `  ← switch/b had come from record ${b}, Switch_Flip`,
      "",
      `record ${b} 2023-11-14 22:13:20 operator as operator proposed Switch_Flip: switch/b is in ON`,
      "  ← it created switch/b",
    ]);
  });

  it("say as JSON what the server says", async () => {
    const [state = ""] = await lines("state", "switch/a", "--json");
    expect(wireProblem("State", JSON.parse(state))).toBeUndefined();
    expect(canonicalize(JSON.parse(state))).toBe(state);
    const [explained = ""] = await lines("explain", "switch/a", "--json");
    expect(wireProblem("Explain", JSON.parse(explained))).toBeUndefined();
    for (const line of await lines("decisions", "--json", "--since", String(a)))
      expect(wireProblem("DecisionRecord", JSON.parse(line))).toBeUndefined();
    const names = await lines("instances", "--json");
    expect(names.map((line) => JSON.parse(line).instance)).toEqual([
      "identity/node",
      "identity/operator",
      "switch/a",
      "switch/b",
    ]);
    const [why = ""] = await lines("why", "switch/a", "--json");
    expect(JSON.parse(why).because).toHaveLength(1);
  });

  it.each([
    [["state", "switch/none"], 1, "there is no switch/none; swoosh instances lists what there is"],
    [["why", "switch/none"], 1, "there is no switch/none"],
    [["explain", "boat/1"], 1, "there is no boat/1"],
    [["state", "no name"], 2, 'instance is "no name"'],
    [["state", "switch/a", "--at", "99"], 2, "at is 99; an index from 0 to "],
    [["state", "switch/a", "--at", "last"], 2, '--at is "last"; an integer from 0'],
    [["state", "switch/a", "--projection", "Nope"], 2, "one of root"],
    [["instances", "--limit", "-1"], 2, '--limit is "-1"'],
    [["instances", "--chart", "NO"], 2, 'chart is "NO"'],
    [["decisions", "--signer", "me"], 2, 'signer is "me"'],
    [["state"], 2, "missing required argument"],
  ])("%j ends with %i", async (argv, code, words) => {
    const answer = await swoosh(...argv);
    expect([answer.code, answer.out]).toEqual([code, ""]);
    expect(answer.err).toContain(words);
  });

  it("show the journal of a server, from anywhere, and its end", async () => {
    const [first = "", second = ""] = await rig.node.engine.records(a, 2);
    expect(await lines("journal", "cat", "--from", String(a), "--limit", "2", "--json")).toEqual([
      first,
      second,
    ]);
    expect(await lines("journal", "cat", "--json")).toHaveLength(last + 1);
    const tail = await lines("journal", "tail", "--limit", "2");
    expect(tail).toHaveLength(3);
    expect(tail[2]).toMatch(
      new RegExp(`^${last} {6}2023-11-14 22:13:20 {2}switch/b {2}Switch_Flip {2}OFF$`),
    );
    const none = await swoosh("journal", "cat", "--from", String(last + 1));
    expect(none).toMatchObject({ code: 0, out: "", err: "there are none\n" });
    expect(await swoosh("journal", "cat", "--limit", "0")).toMatchObject({ code: 0, out: "" });
  });

  it("tell at once that nobody listens, and try on", async () => {
    const url = await freeUrl();
    const port = new CapturedConsole();
    const said = new Promise<string>((resolve) => {
      port.onErr = resolve;
    });
    const ended = runSwoosh(["state", "switch/a", "--url", url], port);
    // Said at the first try, and not at the end of all: the command still runs.
    const first = await Promise.race([said, ended.then(() => "the end")]);
    expect(first).toContain(`nobody listens at ${url} (ECONNREFUSED); trying again`);
    const answer = await ended;
    expect([answer.code, answer.out]).toEqual([3, ""]);
    expect(answer.err.split("nobody listens")).toHaveLength(2);
  });
});

/** Of a port that was free a moment ago, and has nobody behind it. */
async function freeUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
