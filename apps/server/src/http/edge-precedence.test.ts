import { canonicalize, REFUSAL_CODES, type JsonObject } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { serveFollower } from "../follow/serve-follower.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { leaderNode } from "./leader-node.ts";
import { withServer, type ServedFolder } from "./test/with-server.ts";

interface Sent {
  readonly type: string;
  readonly body: JsonObject;
  readonly padding: number;
}

/** What makes a proposal deserve a code of the edge, in the order in which they are refused. */
const FAULTS: readonly (readonly [code: string, plant: (sent: Sent) => Sent])[] = [
  ["unsupported_media_type", (sent) => ({ ...sent, type: "text/plain" })],
  ["too_large", (sent) => ({ ...sent, padding: 70_000 })],
  // Of the server: the share of those whom nobody knows is used up.
  ["rate_limited", (sent) => sent],
  ["malformed", change({ unheard_of: 1 })],
  ["wrong_origin", change({ origin: `other/${"0".repeat(32)}` })],
  ["inputs_mismatch", change({ inputs: { reason: "another", variant: "off" } })],
  ["unsigned", without("signature")],
  ["bad_signature", change({ signature: "A".repeat(86) })],
];
const CODES = FAULTS.map(([code]) => code);
const TRIES = 6;

function change(fields: JsonObject): (sent: Sent) => Sent {
  return (sent) => ({ ...sent, body: { ...sent.body, ...fields } });
}

function without(name: string): (sent: Sent) => Sent {
  return (sent) => ({
    ...sent,
    body: Object.fromEntries(Object.entries(sent.body).filter(([key]) => key !== name)),
  });
}

/** A proposal with all of these faults; the first ones have the last word. */
function faulty(body: JsonObject, codes: readonly string[]): Sent {
  const plain: Sent = { type: "application/json", body, padding: 0 };
  return FAULTS.toReversed().reduce(
    (sent, [code, plant]) => (codes.includes(code) ? plant(sent) : sent),
    plain,
  );
}

async function codeOf(url: string, { body, padding, type }: Sent): Promise<string> {
  const answer = await fetch(`${url}/transition`, {
    method: "POST",
    headers: { "content-type": type },
    body: canonicalize(body) + " ".repeat(padding),
  });
  const { code }: { readonly code: string } = JSON.parse(await answer.text());
  return code;
}

/** Each fault together with all that come after it, which holds for every two of them. */
const SETS = CODES.map((_, at) => CODES.slice(at));

const LIMITS = { limits: { perSecond: 0, strangersPerSecond: 1 } };
const FULL = { engine: { lanes: { proposals: 0 } } };

async function fence({ node }: ServedFolder): Promise<void> {
  await node.journal.close();
  for (const chart of node.engine.charts()) void node.engine.act.installChart(chart);
  await node.engine.fenced;
}

describe("the order of refusal at the edge", () => {
  it("is that of the one table", () => {
    const here = ["fenced", "not_leader", "overloaded", ...CODES];
    expect(here).toEqual(REFUSAL_CODES.slice(0, here.length));
    expect(REFUSAL_CODES[here.length]).toBe("unknown_signer");
  });

  it("holds for each of them with all that come after it; a follower says who leads before them all", () =>
    withServer(
      async (served) => {
        const { url } = served.server;
        const stranger = PrivateKey.generate();
        const told = async (codes: readonly string[]): Promise<unknown> => {
          const [first = "", second = "unknown_signer"] = codes;
          // Who is known has no limit here.
          const signer = codes.includes("rate_limited") ? stranger : served.operator;
          const sent = faulty(served.body({ signer }), codes);
          // The share begins anew each second: some get through to what comes next, and not all of them.
          const tries = first === "rate_limited" ? TRIES : 1;
          const asked = Array.from({ length: tries }, () => codeOf(url, sent));
          const all = new Set(await Promise.all(asked));
          if (tries > 1) all.delete(second);
          return [codes, [...all]];
        };
        expect(await Promise.all(SETS.map(told))).toEqual(SETS.map((codes) => [codes, [codes[0]]]));
        const node = leaderNode(served.node);
        const role = { ...node.role, leader: url };
        const follower = await serveFollower({ ...node, role }, { port: 0, onDefect: () => {} });
        try {
          const asked = SETS.map((codes) => codeOf(follower.url, faulty(served.body(), codes)));
          expect(new Set(await Promise.all(asked))).toEqual(new Set(["not_leader"]));
        } finally {
          await follower.close();
        }
      },
      { serve: LIMITS },
    ));

  it("a full engine is told of before all that is wrong with a request, a fenced one before that", () =>
    withServer(
      async (served) => {
        const { url } = served.server;
        const signer = PrivateKey.generate();
        const codes = async (): Promise<ReadonlySet<string>> => {
          const asked = SETS.map((one) => codeOf(url, faulty(served.body({ signer }), one)));
          return new Set(await Promise.all(asked));
        };
        expect(await codes()).toEqual(new Set(["overloaded"]));
        await fence(served);
        expect(await codes()).toEqual(new Set(["fenced"]));
      },
      { serve: LIMITS, node: FULL },
    ));
});
