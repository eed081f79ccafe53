import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { ManualClock } from "@swoosh/kernel/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addressKind } from "./address-kind.ts";
import { Egress } from "./egress.ts";
import { outboundRequest } from "./outbound-request.ts";

let clock: ManualClock;
let egress: Egress;
let looked: string[];
const notes: string[] = [];
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "git.example": ["203.0.113.7"],
  "a.tools.example": ["203.0.113.8", "2001:db8::8"],
  "kaching.example": ["203.0.113.9"],
  "rebound.example": ["203.0.113.7", "127.0.0.1"],
  "metadata.example": ["169.254.169.254"],
  "mapped.example": ["::ffff:127.0.0.1"],
};

beforeEach(() => {
  clock = new ManualClock();
  looked = [];
  notes.length = 0;
  egress = new Egress({
    clock,
    allowed: [
      "git.example",
      "*.tools.example:443",
      "kaching.example",
      "rebound.example",
      "metadata.example",
      "mapped.example",
      "198.51.100.1",
    ],
    licenceServers: [new URL("https://kaching.example/v1")],
    notify: (_level, message) => notes.push(message),
    lookUp: async (host) => {
      looked.push(host);
      return NAMES[host] ?? [];
    },
  });
});
afterEach(() => {
  egress.close();
});

const admitted = async (address: string): Promise<readonly string[] | string> => {
  try {
    return (await egress.admit(new URL(address))).addresses;
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
};

describe("before the licence", () => {
  it("nothing goes out but to the loopback and to who gives the licence; no name is even looked up", async () => {
    expect(await admitted("https://git.example/a")).toContain("there is no licence yet");
    expect(() => egress.admitProgram("stdio:x")).toThrow("there is no licence yet");
    expect(looked).toEqual([]);
    expect(await admitted("http://127.0.0.1/")).toEqual(["127.0.0.1"]);
    expect(await admitted("http://localhost/")).toEqual(["127.0.0.1", "::1"]);
    expect(await admitted("http://[::1]/")).toEqual(["::1"]);
    expect(await admitted("https://kaching.example/activate")).toEqual(["203.0.113.9"]);
    expect(await admitted("https://kaching.example:8443/activate")).toContain(
      "there is no licence yet",
    );
    expect(egress.counts().get("git.example")).toEqual({ admitted: 0, refused: 1 });
    expect(egress.counts().get("kaching.example")).toEqual({ admitted: 1, refused: 1 });
    expect(notes).toEqual([
      expect.stringContaining("outbound refused: there is no licence yet, so git.example"),
      expect.stringContaining("outbound refused: there is no licence yet, so kaching.example"),
    ]);
  });
});

describe("under a licence", () => {
  beforeEach(() => egress.setLicence(clock.now() + 60_000));

  it.each<readonly [url: string, expected: readonly string[] | string]>([
    ["https://git.example/a", ["203.0.113.7"]],
    ["https://GIT.EXAMPLE./a", ["203.0.113.7"]],
    ["https://a.tools.example/", ["203.0.113.8", "2001:db8::8"]],
    ["https://198.51.100.1/", ["198.51.100.1"]],
    ["https://a.tools.example:444/", "is not on the list"],
    ["https://tools.example/", "is not on the list"],
    ["https://evil-tools.example/", "is not on the list"],
    ["https://git.example.evil/", "is not on the list"],
    ["https://rebound.example/", "has the address 127.0.0.1, which belongs to this machine"],
    ["https://mapped.example/", "has the address ::ffff:127.0.0.1"],
    ["https://metadata.example/", "has the address 169.254.169.254"],
    ["http://169.254.169.254/latest", "is not on the list"],
  ])("%s", async (url, expected) => {
    const found = await admitted(url);
    if (typeof expected === "string") expect(found).toContain(expected);
    else expect(found).toEqual(expected);
  });

  it("ends what is open when the licence stops, and what is opened at that very moment", async () => {
    const ended: string[] = [];
    const one = await egress.admit(new URL("https://git.example/"));
    const other = await egress.admit(new URL("https://git.example/"));
    const free = await egress.admit(new URL("https://kaching.example/"));
    one.onStop(() => ended.push("one"));
    other.onStop(() => ended.push("over"))();
    free.onStop(() => ended.push("free"));
    const neighbour = await egress.admit(new URL("https://kaching.example:8443/"));
    neighbour.onStop(() => ended.push("neighbour"));
    expect(egress.openCount).toBe(2);
    clock.advance(59_999);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect(ended).toEqual(["one", "neighbour"]);
    other.onStop(() => ended.push("late"));
    expect(ended).toEqual(["one", "neighbour", "late"]);
    expect(await admitted("https://git.example/")).toContain("the licence has ended");
  });

  it("lets a program run under a licence alone, and ends it with that, loopback or not", () => {
    egress.setLicence(clock.now() + 100);
    const ended: string[] = [];
    egress.admitProgram("stdio:x").onStop(() => ended.push("x"));
    const release = egress.admitProgram("stdio:y").onStop(() => ended.push("y"));
    release();
    clock.advance(99);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect(ended).toEqual(["x"]);
    expect(() => egress.admitProgram("stdio:x")).toThrow("the licence has ended");
  });

  it("goes on where the licence was renewed in time", async () => {
    const ended: string[] = [];
    (await egress.admit(new URL("https://git.example/"))).onStop(() => ended.push("one"));
    egress.setLicence(clock.now() + 120_000);
    clock.advance(119_999);
    expect(ended).toEqual([]);
    egress.setLicence(0);
    expect(ended).toEqual(["one"]);
  });
});

it("addresses are told apart", () => {
  const kinds = [
    "127.8.9.1",
    "::1",
    "::ffff:127.0.0.1",
    "0.0.0.0",
    "169.254.1.1",
    "fe80::1",
    "224.0.0.1",
    "255.255.255.255",
    "10.0.0.1",
    "2001:db8::1",
    "host",
  ];
  expect(kinds.map(addressKind)).toEqual([
    "loopback",
    "loopback",
    "loopback",
    "never",
    "never",
    "never",
    "never",
    "never",
    "other",
    "other",
    "none",
  ]);
});

describe("a request", () => {
  let server: Server;
  let url: string;
  const answer = async (listener: RequestListener): Promise<void> => {
    server = createServer(listener);
    server.listen(0, "0.0.0.0");
    await once(server, "listening");
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/a`;
  };
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  it("gives status, headers and bytes", async () => {
    await answer((request, response) => {
      response
        .writeHead(201, { "retry-after": "7" })
        .end(`${request.method} ${String(request.headers["x-a"])}`);
    });
    const got = await outboundRequest(egress.admit, new URL(url), {
      method: "POST",
      headers: { "x-a": "1" },
      body: "b",
    });
    expect([got.status, got.header("Retry-After"), Buffer.from(got.bytes).toString()]).toEqual([
      201,
      "7",
      "POST 1",
    ]);
  });

  it("follows no redirect, reads no endless answer, and knows no other scheme", async () => {
    await answer((request, response) => {
      if (request.url === "/a")
        response.writeHead(302, { location: "http://169.254.169.254/" }).end();
      else response.end(Buffer.alloc(5_000));
    });
    await expect(outboundRequest(egress.admit, new URL(url))).rejects.toThrow(
      "redirects to http://169.254.169.254/; redirects are not followed",
    );
    await expect(
      outboundRequest(egress.admit, new URL("/b", url), { bytesMax: 4_999 }),
    ).rejects.toThrow("more than 4999 bytes");
    await expect(outboundRequest(egress.admit, new URL("file:///etc/passwd"))).rejects.toThrow(
      "no scheme of HTTP",
    );
  });

  it("connects to what was admitted, whatever the name means, and its socket is gone when the licence stops", async () => {
    let hung: (() => void) | undefined;
    await answer((request) => {
      request.resume();
      hung?.();
    });
    const port = new URL(url).port;
    const asked = new Promise<void>((resolve) => {
      hung = resolve;
    });
    const gate = new Egress({
      clock,
      allowed: ["git.example"],
      notify: () => {},
      lookUp: async () => ["127.0.0.1"],
      kindOf: (address) => (address === "127.0.0.1" ? "other" : addressKind(address)),
    });
    gate.setLicence(clock.now() + 1_000);
    const failed = outboundRequest(gate.admit, new URL(`http://git.example:${port}/`)).catch(
      (error: unknown) => error,
    );
    await asked;
    expect(socketsTo(Number(port))).toBe(1);
    clock.advance(1_000);
    expect(await failed).toMatchObject({
      message: expect.stringContaining("the licence has ended"),
    });
    expect(socketsTo(Number(port))).toBe(0);
    gate.close();
  });
});

/** Sockets of this process that are connected to a port, by the kernel's own tables. */
function socketsTo(port: number): number {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  const inodes = new Set(
    readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ["/proc/self/net/tcp", "/proc/self/net/tcp6"]
    .flatMap((file) => readFileSync(file, "utf8").split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, , remote = "", state, , , , , , inode = ""]) =>
        remote.endsWith(`:${wanted}`) && state === "01" && inodes.has(inode),
    ).length;
}
