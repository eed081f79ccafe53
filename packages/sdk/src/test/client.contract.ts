import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createClient, type Client, type ClientOptions } from "../client.ts";
import type { SdkPorts, Signer } from "../ports.ts";
import { SdkError } from "../sdk-error.ts";
import type { Streamed, TransitionRequest } from "../transition-stream.ts";
import { answer, breakAfter, doctor, FaultyHttp, loseAnswer, loseRequest } from "./faulty-http.ts";

/** A server with the order chart, whatever it is made of, and somebody who may propose. */
export interface World {
  readonly url: string;
  readonly origin: string;
  readonly verifierKey: string;
  readonly genesisHash: string;
  /** Has role operator. */
  readonly operator: Signer;
  ports(): SdkPorts;
  close(): Promise<void>;
}

let serial = 0;

/** A fresh id: instances of one world are shared by its cases. */
const fresh = (): string => `order/o${(serial += 1)}`;

const PROBLEM = {
  type: "urn:swoosh:problem:overloaded",
  title: "A queue is full",
  status: 503,
  detail: "full",
  code: "overloaded",
};

const isTransition = ({ url }: { readonly url: string }): boolean => url.includes("/transition");

/** What a client must do with any server of the contract. */
export function describeClientContract(name: string, open: () => Promise<World>): void {
  describe(`a client of ${name}`, () => {
    let world: World;
    let net: FaultyHttp;
    let client: Client;
    const clientOf = (more: Partial<ClientOptions> = {}): Client =>
      createClient({
        url: world.url,
        signer: world.operator,
        ports: net.ports,
        origin: world.origin,
        pins: { verifierKeys: [world.verifierKey], genesisHash: world.genesisHash },
        ...more,
      });
    const count = async (instance: string): Promise<number> => {
      let records = 0;
      for await (const decision of client.decisions({ instance }))
        records += decision.index > 0 ? 1 : 0;
      return records;
    };

    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world.close());
    beforeEach(() => {
      net = new FaultyHttp(world.ports());
      client = clientOf();
    });

    describe("propose", () => {
      it("creates an instance and moves it, without reading in between", async () => {
        const instance = fresh();
        const first = await client.propose(instance, "Order_Add", { item: "a" });
        const second = await client.propose(instance, "Order_Add", { item: "b" });
        expect([first.kind, second.kind]).toEqual(["accepted", "accepted"]);
        if (first.kind !== "accepted" || second.kind !== "accepted") return;
        expect(second.answer.state_pre_hash).toBe(first.answer.state_post_hash);
        expect(second.answer.configuration).toEqual(["Control.RUNNING", "Flow.DRAFT"]);
        expect(net.count("/transition")).toBe(2);
        const state = await client.state(instance);
        expect(state?.state?.context).toMatchObject({ items: ["a", "b"] });
        expect(state?.hash).toBe(second.answer.state_post_hash);
      });

      it("takes a fresh head under the same key where the instance has moved", async () => {
        const instance = fresh();
        const other = clientOf();
        await client.propose(instance, "Order_Add", { item: "a" });
        await other.propose(instance, "Order_Add", { item: "b" });
        net.log.length = 0;
        const third = await client.propose(instance, "Order_Add", { item: "c" });
        expect(third.kind).toBe("accepted");
        const keys = net.log.map(({ body }) => JSON.parse(String(body)).idem_key);
        expect(keys).toHaveLength(2);
        expect(new Set(keys)).toEqual(new Set([third.idemKey]));
        expect((await client.state(instance))?.state?.context).toMatchObject({
          items: ["a", "b", "c"],
        });
      });

      it("refuses another state where the caller decided on one", async () => {
        const instance = fresh();
        const made = await client.propose(instance, "Order_Add", { item: "a" });
        if (made.kind !== "accepted") throw new Error(made.problem.detail);
        const { state_post_hash: hash, hlc, index } = made.answer;
        await clientOf().propose(instance, "Order_Add", { item: "b" });
        const pinned = await client.propose(
          instance,
          "Order_Submit",
          {},
          { seen: { hash, hlc, index } },
        );
        expect(pinned).toMatchObject({ kind: "refused", problem: { code: "stale_state" } });
        expect(await count(instance)).toBe(2);
      });

      it("gives refusals as values, with all that the server says", async () => {
        const instance = fresh();
        await client.propose(instance, "Order_Add", { item: "a" });
        net.log.length = 0;
        const refused = await client.propose(instance, "Order_Nothing");
        expect(refused).toMatchObject({
          kind: "refused",
          problem: { code: "unknown_transition", status: 400, guard: null },
        });
        // A rule is no matter of time.
        expect(net.count("/transition")).toBe(1);
      });

      it("records nothing in a dry run, and says the same", async () => {
        const instance = fresh();
        const rehearsed = await client.dryRun(instance, "Order_Add", { item: "a" });
        expect(rehearsed).toMatchObject({ kind: "accepted", answer: { instance } });
        expect(await client.state(instance)).toBeUndefined();
        expect(await client.dryRun(instance, "Order_Submit")).toMatchObject({ kind: "refused" });
        expect(await client.propose(instance, "Order_Add", { item: "a" })).toMatchObject({
          kind: "accepted",
        });
      });

      it("gets the first answer again under the same key, byte for byte", async () => {
        const instance = fresh();
        const first = await client.propose(instance, "Order_Add", { item: "a" });
        const options = { idemKey: first.idemKey };
        const again = await clientOf().propose(instance, "Order_Add", { item: "a" }, options);
        if (first.kind !== "accepted" || again.kind !== "accepted") throw new Error("refused");
        expect([first.replayed, again.replayed, again.text]).toEqual([false, true, first.text]);
        expect(await client.propose(instance, "Order_Add", { item: "b" }, options)).toMatchObject({
          kind: "refused",
          problem: { code: "idem_conflict", status: 409 },
        });
        expect(await count(instance)).toBe(1);
      });

      it("refuses what cannot be proposed before anything is sent", async () => {
        const instance = fresh();
        for (const inputs of [{ item: 1.5 }, { item: undefined }, { item: "x".repeat(33_000) }, []])
          await expect(client.propose(instance, "Order_Add", inputs)).rejects.toMatchObject({
            code: "misused",
          });
        await expect(
          createClient({ url: world.url, ports: net.ports, origin: world.origin }).propose(
            instance,
            "Order_Add",
            { item: "a" },
          ),
        ).rejects.toMatchObject({ code: "misused" });
        expect(net.log).toEqual([]);
      });
    });

    describe("a bad network", () => {
      const faults = [
        ["the answer is lost", loseAnswer, true],
        ["the request is lost", loseRequest, false],
        ["the answer breaks off", breakAfter(40), true],
        ["a proxy answers", answer(502, "<html>Bad Gateway</html>"), false],
        ["the server is full", answer(503, PROBLEM, { "retry-after": "2" }), false],
        ["too many come", answer(429, { ...PROBLEM, status: 429, code: "rate_limited" }), false],
        ["the server errs", answer(500, { ...PROBLEM, status: 500, code: "internal" }), false],
      ] as const;

      it.each(faults)("%s: one record, one answer", async (_, fault, replayed) => {
        const instance = fresh();
        net.concerns = isTransition;
        net.faults = [fault, fault];
        const proposed = await client.propose(instance, "Order_Add", { item: "a" });
        expect(proposed).toMatchObject({ kind: "accepted", replayed });
        expect(net.count("/transition")).toBe(3);
        expect(await count(instance)).toBe(1);
        // What the client remembers may be old by now; it goes on nevertheless.
        expect(await client.propose(instance, "Order_Add", { item: "b" })).toMatchObject({
          kind: "accepted",
        });
      });

      it("gives up at last, and says with which key to ask again", async () => {
        const instance = fresh();
        net.concerns = isTransition;
        net.faults = [loseAnswer, loseAnswer, loseRequest];
        const tired = clientOf({ retry: { attemptsMax: 3 } });
        const error: unknown = await tired
          .propose(instance, "Order_Add", { item: "a" })
          .catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(SdkError);
        if (!(error instanceof SdkError) || error.idemKey === null) return;
        expect(error).toMatchObject({ code: "unreachable", retryable: true });
        const again = await client.propose(
          instance,
          "Order_Add",
          { item: "a" },
          { idemKey: error.idemKey },
        );
        expect(again).toMatchObject({ kind: "accepted", replayed: true });
        expect(await count(instance)).toBe(1);
      });

      it("tells a full server's no after all tries", async () => {
        net.concerns = isTransition;
        net.faults = [answer(503, PROBLEM), answer(503, PROBLEM)];
        const tired = clientOf({ retry: { attemptsMax: 2 } });
        expect(await tired.propose(fresh(), "Order_Add", { item: "a" })).toMatchObject({
          kind: "refused",
          problem: { code: "overloaded" },
        });
      });

      it("believes no answer that does not fit", async () => {
        const changes: readonly ((text: string) => string)[] = [
          (text) => text.replace('"order/', '"order/x'),
          (text) => text.replace("Order_Add", "Order_Pay"),
          (text) => text.replace(/"record_hash":"[0-9a-f]{8}/, '"record_hash":"00000000'),
          (text) =>
            text.replace(/"state_pre_hash":"sha256-0{8}/, '"state_pre_hash":"sha256-11111111'),
          (text) => text.replace('"status":"accepted"', '"status":"Accepted"'),
          (text) => ` ${text}`,
          () => "{}",
        ];
        for (const change of changes) {
          net.concerns = isTransition;
          net.faults = [doctor(change)];
          await expect(
            clientOf().propose(fresh(), "Order_Add", { item: "a" }),
          ).rejects.toMatchObject({ code: "unverified" });
        }
      });

      it("stops at once where the caller gives up", async () => {
        const stop = new AbortController();
        net.faults = Array.from({ length: 50 }, () => async () => {
          stop.abort("enough");
          throw new Error("nothing");
        });
        await expect(
          client.propose(fresh(), "Order_Add", { item: "a" }, { signal: stop.signal }),
        ).rejects.toMatchObject({ code: "cancelled", cause: "enough" });
        expect(net.log).toHaveLength(1);
        await expect(
          client.propose(fresh(), "Order_Add", { item: "a" }, { signal: stop.signal }),
        ).rejects.toMatchObject({ code: "cancelled" });
        expect(net.log).toHaveLength(1);
      });
    });

    describe("a stream of transitions", () => {
      const instances = Array.from({ length: 5 }, fresh);
      /** Sixty proposals, twelve for each of five orders: the limit is ten items. */
      const requests: readonly TransitionRequest[] = Array.from({ length: 60 }, (_, at) => ({
        instance: instances[at % 5] ?? "",
        transition: "Order_Add",
        inputs: { item: `i${at}` },
      }));
      const collect = async (stream: AsyncIterable<Streamed>): Promise<readonly Streamed[]> => {
        const all: Streamed[] = [];
        for await (const one of stream) all.push(one);
        return all;
      };

      it("answers in order, over fewer requests, through losses", async () => {
        net.concerns = isTransition;
        net.faults = [
          breakAfter(700),
          loseRequest,
          loseAnswer,
          answer(503, PROBLEM),
          breakAfter(1),
        ];
        const answers = await collect(client.transitions(requests, { roundMax: 16 }));
        expect(answers.map(({ request }) => request)).toEqual(requests);
        const kinds = answers.map((one) => (one.kind === "refused" ? one.problem.code : one.kind));
        expect(kinds).toEqual([
          ...Array.from({ length: 50 }, () => "accepted"),
          ...Array.from({ length: 10 }, () => "guard_failed"),
        ]);
        expect(net.log.length).toBeLessThan(40);
        for (const [at, instance] of instances.entries()) {
          const context = (await client.state(instance))?.state?.context;
          const items = Array.from({ length: 10 }, (_, round) => `i${at + 5 * round}`);
          expect(context).toMatchObject({ items });
        }
      });

      it("knows a first answer that comes again, though no line says so", async () => {
        const instance = fresh();
        const options = { idemKey: `own:0:key:${instance.slice(6)}` };
        const request = { instance, transition: "Order_Add", inputs: { item: "a" }, options };
        const [first, again] = await collect(client.transitions([request, request]));
        expect(first).toMatchObject({ kind: "accepted", replayed: false });
        expect(again).toMatchObject({ kind: "accepted", replayed: true });
        if (first?.kind !== "accepted" || again?.kind !== "accepted") return;
        expect(again.text).toBe(first.text);
      });

      it("takes what a slow source gives, and stops where nobody reads on", async () => {
        const instance = fresh();
        let isReturned = false;
        async function* slow(): AsyncGenerator<TransitionRequest, void, undefined> {
          try {
            for (let at = 0; at < 100; at += 1) {
              await new Promise((resolve) => setImmediate(resolve));
              yield { instance, transition: "Order_Add", inputs: { item: `i${at}` } };
            }
          } finally {
            isReturned = true;
          }
        }
        let read = 0;
        for await (const one of client.transitions(slow())) {
          expect(one.kind).toBe("accepted");
          read += 1;
          if (read === 3) break;
        }
        expect(isReturned).toBe(true);
        expect(await collect(client.transitions([]))).toEqual([]);
      });
    });

    describe("reading", () => {
      it("lists every instance once, page by page", async () => {
        for (let at = 0; at < 3; at += 1) await client.propose(fresh(), "Order_Add", { item: "a" });
        const names: string[] = [];
        for await (const { instance } of client.instances({ chart: "order" })) names.push(instance);
        expect(names.length).toBeGreaterThanOrEqual(3);
        expect(names).toEqual([...new Set(names)].toSorted());
        expect(names.every((instance) => instance.startsWith("order/"))).toBe(true);
      });

      it("says nothing of what is not there", async () => {
        expect(await client.state("order/nothing")).toBeUndefined();
      });

      it("says how the node is", async () => {
        expect(await client.health()).toMatchObject({ status: "ok", origin: world.origin });
      });

      it("is tried again where the network fails, and refuses junk", async () => {
        net.faults = [loseRequest, answer(502, "oops"), answer(503, PROBLEM)];
        expect(await client.health()).toMatchObject({ status: "ok" });
        net.faults = [doctor(() => "[]")];
        await expect(client.health()).rejects.toMatchObject({ code: "bad_answer" });
      });
    });

    describe("memories", () => {
      it("are found by their words, the most like first, for the instance that they belong to", async () => {
        const [instance, other] = [fresh(), fresh()];
        for (const name of [instance, other])
          await client.propose(name, "Order_Add", { item: "a" });
        const key = "the deploy key is in the blue box";
        const [kept] = await client.remember(key, { for: instance, source: "notes.txt" });
        await client.remember("tea is bought on mondays", { for: instance });
        const query = "where is the deploy key";
        const found = await client.recall(query, { for: instance, limit: 2 });
        expect(found.map(({ text }) => text)).toEqual([key, "tea is bought on mondays"]);
        expect(found[0]).toMatchObject({ hash: kept?.hash, source: "notes.txt" });
        expect(await client.recall(query, { for: instance, limit: 1 })).toHaveLength(1);
        expect(await client.recall(query, { for: other })).toEqual([]);
      });

      it("are put in once, also where the answer is lost", async () => {
        const instance = fresh();
        await client.propose(instance, "Order_Add", { item: "a" });
        net.concerns = ({ url }) => url.includes("/memories");
        net.faults = [loseAnswer, answer(503, PROBLEM), loseRequest];
        const [kept] = await client.remember("said twice", { for: instance });
        net.faults = [loseAnswer];
        const found = await client.recall("said twice", { for: instance });
        expect(found.map(({ hash }) => hash)).toEqual([kept?.hash]);
      });

      it("are refused as what they are: nobody's, empty, or no text", async () => {
        const nobody = { for: "order/nobody" };
        const refused = { code: "read_refused", message: expect.stringContaining("order/nobody") };
        await expect(client.remember("words", nobody)).rejects.toMatchObject(refused);
        await expect(client.recall("words", nobody)).rejects.toMatchObject(refused);
        net.log.length = 0;
        for (const text of ["", "\ud800"])
          await expect(client.remember(text)).rejects.toMatchObject({ code: "misused" });
        const source = "x".repeat(513);
        await expect(client.remember("words", { source })).rejects.toMatchObject({
          code: "misused",
        });
        expect(net.log).toEqual([]);
        net.faults = [doctor((text) => text.replace('"next":null', '"next":5'))];
        await expect(client.recall("words")).rejects.toMatchObject({ code: "bad_answer" });
      });
    });

    describe("the journal", () => {
      it("is read whole, each record after the one before", async () => {
        await client.propose(fresh(), "Order_Add", { item: "a" });
        const { treeSize } = await client.health();
        const indexes: number[] = [];
        for await (const { index } of client.journal()) indexes.push(index);
        expect(indexes).toEqual(Array.from({ length: treeSize }, (_, at) => at));
      });

      it("is believed only as a chain", async () => {
        await client.propose(fresh(), "Order_Add", { item: "a" });
        const broken: readonly ((text: string) => string)[] = [
          (text) => text.split("\n").slice(1).join("\n"),
          (text) => text.replace(/"prev":"[0-9a-f]{8}/g, '"prev":"00000001'),
          (text) => `${text.split("\n")[0]}\n${text}`,
          () => "{}\n",
        ];
        for (const change of broken) {
          net.faults = [doctor(change)];
          const read = async (): Promise<void> => {
            for await (const _ of client.journal());
          };
          await expect(read()).rejects.toMatchObject({ code: "unverified" });
        }
      });
    });

    describe("proofs", () => {
      it("show an answer's record in the log, and later that the log only grew", async () => {
        const instance = fresh();
        const made = await client.propose(instance, "Order_Add", { item: "a" });
        if (made.kind !== "accepted") throw new Error(made.problem.detail);
        const proven = await client.verifyInLog(made);
        expect(proven.record.proposal.instance).toBe(instance);
        const before = proven.checkpoint.size;
        await client.propose(instance, "Order_Add", { item: "b" });
        expect((await client.checkpoint()).size).toBeGreaterThan(before);
      });

      it("are refused under another key, another origin, another first record", async () => {
        const made = await client.propose(fresh(), "Order_Add", { item: "a" });
        if (made.kind !== "accepted") throw new Error(made.problem.detail);
        const flipped = world.genesisHash.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
        const strangers = [
          clientOf({ pins: {} }),
          clientOf({ pins: { verifierKeys: ["x+00000000+AAAA"] } }),
          clientOf({ origin: `${world.origin}0` }),
          clientOf({ pins: { verifierKeys: [world.verifierKey], genesisHash: flipped } }),
        ];
        for (const stranger of strangers)
          await expect(stranger.verifyInLog(made)).rejects.toMatchObject({ code: "unverified" });
      });

      it("find a fork: a log that does not contain what was verified", async () => {
        const { size } = await client.checkpoint();
        const fork = { origin: world.origin, size: size - 1, root: "0".repeat(64), extensions: [] };
        await expect(clientOf({ trusted: fork }).checkpoint()).rejects.toMatchObject({
          code: "unverified",
          message: expect.stringContaining("forked"),
        });
      });

      it("find an answer that the record does not give", async () => {
        const made = await client.propose(fresh(), "Order_Add", { item: "a" });
        if (made.kind !== "accepted") throw new Error(made.problem.detail);
        const text = made.text.replace("Control.RUNNING", "Control.HELD");
        await expect(client.verifyInLog({ ...made, text })).rejects.toMatchObject({
          message: expect.stringContaining("not the one that this record gives"),
        });
      });
    });
  });
}
