import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Problem } from "@swoosh/protocol";
import { describe, expect, it } from "vitest";
import { PrivateKey } from "../keys/private-key.ts";
import { clientAddress, readProxies, type ProxyTrust } from "./client-address.ts";
import { withServer, type ServedFolder } from "./test/with-server.ts";

const MANY = 12;

function trusting(...named: readonly string[]): ProxyTrust {
  const read = readProxies(named);
  return read.ok ? read.trust : expect.unreachable(read.wrong);
}

/** Who is at the other end, by what that end says. */
function seen(remoteAddress: string | undefined, said: string | undefined, trust: ProxyTrust) {
  const request = { headers: { "x-forwarded-for": said }, socket: { remoteAddress } };
  return clientAddress(request as unknown as IncomingMessage, trust);
}

describe("who sent a request", () => {
  const ours = trusting("10.0.0.0/8", "::1", "fd00::/8");

  it.each<[string, string | undefined, string | undefined, string]>([
    ["who is none of our proxies, whatever it says", "192.0.2.1", "198.51.100.1", "192.0.2.1"],
    ["a proxy that speaks for nobody", "10.0.0.1", undefined, "10.0.0.1"],
    ["whom our proxy speaks for", "10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["not whom that one claims to speak for", "10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"],
    ["through two of our proxies", "::1", "1.1.1.1,198.51.100.1, 10.2.3.4", "198.51.100.1"],
    ["one of ours at the far end", "10.0.0.1", "10.0.0.9", "10.0.0.9"],
    ["nobody that has an address", "10.0.0.1", "unknown", "10.0.0.1"],
    ["nobody behind what is none", "10.0.0.1", "1.1.1.1, evil, 10.0.0.2", "10.0.0.2"],
    ["IPv4 in the clothes of IPv6", "::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"],
    ["with brackets and a port", "fd00::7", "[2001:db8::1]:443", "2001:db8::1"],
    ["IPv4 with a port", "10.0.0.1", "198.51.100.1:5000", "198.51.100.1"],
    ["a socket that is gone", undefined, "198.51.100.1", ""],
  ])("is %s", (_who, remote, said, who) => {
    expect(seen(remote, said, ours)).toBe(who);
  });

  it("is the socket's other end where no proxy is named", () => {
    expect(seen("127.0.0.1", "198.51.100.1", trusting())).toBe("127.0.0.1");
  });

  it.each(["proxy.example.org", "10.0.0.0/33", "10.0.0.0/0", "::/0", "10.0.0.0/8/8", "10.0.0", ""])(
    "is not asked of %j, which is no address and no network",
    (named) => {
      expect(readProxies(["::1", named])).toEqual({ ok: false, wrong: named });
    },
  );
});

/** Unknown signers' proposals, as if each came from there; how many were told to wait, and where all came from. */
async function flood(served: ServedFolder, addressOf: (at: number) => string) {
  const stranger = PrivateKey.generate();
  const texts = Array.from({ length: MANY }, (_, at) =>
    served.text({ instance: `flag/s${at}`, signer: stranger }),
  );
  const answers = await Promise.all(
    texts.map((text, at) => served.post(text, { "x-forwarded-for": addressOf(at) })),
  );
  return answers.filter(({ status }) => status === 429).length;
}

describe("strangers behind a reverse proxy", () => {
  const limits = { perSecond: 0, strangersPerSecond: 0, strangersPerAddress: 1 };

  it("have a share each where the proxy is named, and one together where it is not", () =>
    withServer(async (served) => {
      const from: (string | null)[] = [];
      const onRefusal = (_text: string, _problem: Problem, address: string | null): void =>
        void from.push(address);
      const each = (at: number): string => `203.0.113.${at}`;

      await served.restart({ limits, onRefusal, proxies: trusting("127.0.0.1") });
      expect(await flood(served, each)).toBe(0);
      // All refused, for nobody knows them; each by the address that the proxy gave.
      expect(from).toHaveLength(MANY);
      expect(new Set(from)).toEqual(new Set(Array.from({ length: MANY }, (_, at) => each(at))));
      // The rest of a network of IPv6 is nobody new, nor is whatever a caller writes before our proxy's word.
      expect(await flood(served, (at) => `2001:db8::${at + 1}`)).toBeGreaterThan(0);
      expect(await flood(served, (at) => `${each(at)}, 198.51.100.1`)).toBeGreaterThan(0);

      from.length = 0;
      await served.restart({ limits, onRefusal, proxies: trusting("10.0.0.0/8") });
      expect(await flood(served, each)).toBeGreaterThan(0);
      expect(new Set(from)).toEqual(new Set(["127.0.0.1"]));
    }));

  it("are no callers of this machine by anybody's word", () =>
    withServer(async (served) => {
      await served.restart({ proxies: trusting("127.0.0.1") });
      const asked = await fetch(`${served.server.url}/instances`, {
        headers: { "x-forwarded-for": "127.0.0.1" },
      });
      expect(asked.status).toBe(401);
    }));

  it("sends more than one header, over a socket of its own: the last word is our proxy's", () =>
    withServer(async (served) => {
      const from: (string | null)[] = [];
      const onRefusal = (_text: string, _problem: Problem, address: string | null): void =>
        void from.push(address);
      await served.restart({ onRefusal, proxies: trusting("127.0.0.1") });
      const text = served.text({ signer: PrivateKey.generate() });
      const socket = connect(served.server.port, "127.0.0.1");
      socket.write(
        [
          "POST /transition HTTP/1.1",
          "host: a",
          "content-type: application/json",
          "x-forwarded-for: 127.0.0.1",
          "X-Forwarded-For: 203.0.113.7",
          "connection: close",
          `content-length: ${Buffer.byteLength(text)}`,
          "",
          text,
        ].join("\r\n"),
      );
      for await (const _bytes of socket);
      expect(from).toEqual(["203.0.113.7"]);
    }));
});
