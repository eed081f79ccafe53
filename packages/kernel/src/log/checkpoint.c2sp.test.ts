import {
  createPrivateKey,
  createPublicKey,
  sign as nodeSign,
  verify as nodeVerify,
} from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NOTE_LENGTH_MAX } from "../limits.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { base64Of, bytesOfBase64 } from "./base64.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { checkpointText, parseCheckpoint } from "./checkpoint.ts";
import { cosignedText, encodeCosignature, parseCosignature } from "./cosignature.ts";
import type { Note } from "./note.ts";
import { formatNote, parseNote, signatureLine } from "./note.ts";
import type { VerifyEd25519 } from "./open-note.ts";
import { openNote } from "./open-note.ts";
import type { VerifierKey } from "./verifier-key.ts";
import {
  encodeVerifierKey,
  keyIdOf,
  NOTE_COSIGNATURE,
  NOTE_ED25519,
  parseVerifierKey,
} from "./verifier-key.ts";

const SPKI = Buffer.from("302a300506032b6570032100", "hex");
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

const verify: VerifyEd25519 = ({ key, message, signature }) =>
  nodeVerify(
    null,
    message,
    createPublicKey({ key: Buffer.concat([SPKI, key]), format: "der", type: "spki" }),
    signature,
  );

function signWith(seed: Uint8Array, message: string): Uint8Array {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  return nodeSign(null, Buffer.from(message), key);
}

function publicOf(seed: Uint8Array): Uint8Array {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(SPKI.length);
}

function mustParseKey(text: string): VerifierKey {
  const key = parseVerifierKey(nodeHasher, text);
  if (key === undefined) throw new Error(text);
  return key;
}

function mustParseNote(text: string): Note {
  const parsed = parseNote(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.note;
}

const PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"; // allow-secret: a public sample
const PETER_SEED = (
  bytesOfBase64("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz") ?? new Uint8Array()
).slice(1);
const PETER_TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_NOTE = `${PETER_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

/** A checkpoint of a public log with its own signature, two of its types, and four witnesses. */
const PUBLIC_CHECKPOINT = `arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
`;
const PUBLIC_LOG =
  "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f";
const WITNESSES = [
  "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
  "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
  "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
  "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
];
const GO_SUM = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
const GO_SUM_CHECKPOINT = `go.sum database tree
15067302
gJyioq6dwR9n+NjEWORfYmH+ubeYm3kH42BBQ0bTpYI=

— sum.golang.org Az3grp1rvWOs5NKlr/xR4GLN/CDyzzakmt1o61uSxYKpK1SerqOP2ClbX/peKUZjYnyomH5Xz7GZG3TpB7OeKn4E2ww=
— test.example.com qTGhC/xIPQ0AXKHK6Y+9ypRfuvMZWPjRXM8NiOg5M1WREn07VQXyuIXM3NRNav3ieVFLUqDRK77PWDmL6w8w84UqeAw=
`;
const EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE_NOTE =
  "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

describe("published notes", () => {
  it("are made byte for byte by the key of Go's note package", () => {
    const key = mustParseKey(PETER_KEY);
    expect(Buffer.from(publicOf(PETER_SEED))).toEqual(Buffer.from(key.key));
    const signature = {
      name: key.name,
      keyId: keyIdOf(nodeHasher, key),
      bytes: signWith(PETER_SEED, PETER_TEXT),
    };
    expect(formatNote({ text: PETER_TEXT, signatures: [signature] })).toBe(PETER_NOTE);
    expect(keyIdOf(nodeHasher, key)).toBe("c74f20a3");
  });

  it("are opened with their keys", () => {
    const cases = [
      [PETER_NOTE, PETER_KEY],
      [EXAMPLE_NOTE, EXAMPLE_KEY],
      [GO_SUM_CHECKPOINT, GO_SUM],
      [PUBLIC_CHECKPOINT, PUBLIC_LOG],
    ] as const;
    for (const [text, vkey] of cases) {
      const key = mustParseKey(vkey);
      const note = mustParseNote(text);
      expect(openNote(nodeHasher, note, { keys: [key], verify })).toEqual({
        ok: true,
        signers: [{ key, timestampS: null }],
      });
      expect(formatNote(note)).toBe(text);
      expect(encodeVerifierKey(nodeHasher, key)).toBe(vkey);
    }
  });

  it("carry the time of each witness", () => {
    const keys = [PUBLIC_LOG, ...WITNESSES].map(mustParseKey);
    const opened = openNote(nodeHasher, mustParseNote(PUBLIC_CHECKPOINT), { keys, verify });
    expect(
      opened.ok && opened.signers.map(({ key, timestampS }) => [key.name, timestampS]),
    ).toEqual(
      keys.map(({ name, type }) => [name, type === NOTE_COSIGNATURE ? 1_779_573_024 : null]),
    );
  });

  it("are checkpoints", () => {
    const parsed = parseCheckpoint(GO_SUM_CHECKPOINT);
    expect(parsed).toMatchObject({
      ok: true,
      checkpoint: {
        origin: "go.sum database tree",
        size: 15_067_302,
        root: Buffer.from("gJyioq6dwR9n+NjEWORfYmH+ubeYm3kH42BBQ0bTpYI=", "base64").toString("hex"),
        extensions: [],
      },
    });
    expect(parsed.ok && checkpointText(parsed.checkpoint)).toBe(parsed.ok && parsed.note.text);
  });
});

describe("openNote", () => {
  const log = mustParseKey(PUBLIC_LOG);
  const witness = mustParseKey(WITNESSES[2] ?? "");
  const note = mustParseNote(PUBLIC_CHECKPOINT);
  const open = (changed: Note, ...keys: VerifierKey[]) =>
    openNote(nodeHasher, changed, { keys, verify });

  it("refuses a note that a known key's signature does not hold for, though another's does", () => {
    const changed = { ...note, text: note.text.replace("1432088532", "1432088533") };
    expect(open(changed, log)).toEqual({
      ok: false,
      problem: `the signature of ${log.name} (ba2f06c0) is bad`,
    });
    expect(open(changed, witness)).toMatchObject({ ok: false });
    const flip = (name: string) => ({
      ...note,
      signatures: note.signatures.map((line) =>
        line.name === name
          ? { ...line, bytes: line.bytes.with(-1, (line.bytes.at(-1) ?? 0) ^ 1) }
          : line,
      ),
    });
    expect(open(flip("remora.n621.de"), log)).toMatchObject({ ok: true });
    expect(open(flip("remora.n621.de"), log, witness)).toMatchObject({ ok: false });
    // The time is signed too.
    const later = note.signatures.map((line) =>
      line.name === "remora.n621.de" ? { ...line, bytes: line.bytes.with(7, 0) } : line,
    );
    expect(open({ ...note, signatures: later }, witness)).toMatchObject({ ok: false });
    const short = note.signatures.map((line) =>
      line.name === "remora.n621.de" ? { ...line, bytes: line.bytes.slice(1) } : line,
    );
    expect(open({ ...note, signatures: short }, log, witness)).toMatchObject({ ok: false });
  });

  it("ignores unknown keys that share a name or an id, and refuses a note without a known one", () => {
    const namesake = { ...mustParseKey(GO_SUM), name: log.name };
    expect(open(note, namesake)).toEqual({ ok: false, problem: "no known key has signed it" });
    const renamed = {
      ...note,
      signatures: note.signatures.map((line) => ({ ...line, name: "other.example" })),
    };
    expect(open(renamed, log)).toEqual({ ok: false, problem: "no known key has signed it" });
    expect(open(note)).toMatchObject({ ok: false });
    expect(open(note, namesake, log)).toMatchObject({ ok: true });
  });

  it("knows two types of keys", () => {
    const odd = { ...log, type: 2 } as unknown as VerifierKey;
    const keyId = keyIdOf(nodeHasher, odd);
    const signatures = note.signatures.map((line) => ({ ...line, keyId }));
    expect(() => open({ ...note, signatures }, odd)).toThrow("unreachable");
  });

  it("counts a key once, and checks each of its lines", () => {
    const twice = { ...note, signatures: [...note.signatures, ...note.signatures] };
    expect(open(twice, log, witness)).toMatchObject({
      ok: true,
      signers: [{ key: log }, { key: witness }],
    });
    const bad = note.signatures.map((line) => ({ ...line, bytes: line.bytes.with(3, 1) }));
    expect(open({ ...note, signatures: [...note.signatures, ...bad] }, log)).toMatchObject({
      ok: false,
    });
  });
});

describe("verifier keys", () => {
  it("have one spelling: no part of one and no other character will do", () => {
    for (let from = 0; from <= PETER_KEY.length; from++) {
      for (let to = from; to <= PETER_KEY.length; to++) {
        const isWhole = from === 0 && to === PETER_KEY.length;
        const key = parseVerifierKey(nodeHasher, PETER_KEY.slice(from, to));
        expect(key !== undefined).toBe(isWhole);
      }
    }
    for (let at = 0; at < PETER_KEY.length; at++) {
      const next = String.fromCharCode(PETER_KEY.charCodeAt(at) + 1);
      const other = PETER_KEY.slice(0, at) + next + PETER_KEY.slice(at + 1);
      expect(parseVerifierKey(nodeHasher, other)).toBeUndefined();
    }
    expect(mustParseKey(PETER_KEY).type).toBe(NOTE_ED25519);
    const odd = { ...mustParseKey(PETER_KEY), name: "with space" };
    expect(() => encodeVerifierKey(nodeHasher, odd)).toThrow("neither spaces");
    expect(() => keyIdOf(nodeHasher, { ...odd, key: new Uint8Array(31) })).toThrow("32 bytes");
  });

  it("of other types, or with the id of another rule, are refused", () => {
    const forge = (name: string, bytes: Uint8Array) => {
      const preimage = Buffer.concat([Buffer.from(`${name}\n`), bytes]);
      const id = Buffer.from(nodeHasher.sha256(preimage)).toString("hex", 0, 4);
      return parseVerifierKey(nodeHasher, `${name}+${id}+${Buffer.from(bytes).toString("base64")}`);
    };
    const key = mustParseKey(PETER_KEY).key;
    expect(forge("a", Uint8Array.of(1, ...key))).toEqual({ name: "a", type: 1, key });
    expect(forge("a", Uint8Array.of(4, ...key))).toEqual({ name: "a", type: 4, key });
    expect(forge("a", Uint8Array.of(2, ...key))).toBeUndefined();
    expect(forge("a", Uint8Array.of(1, ...key, 0))).toBeUndefined();
    expect(forge("a b", Uint8Array.of(1, ...key))).toBeUndefined();
    expect(parseVerifierKey(nodeHasher, PETER_KEY.replace("c74f20a3", "C74F20A3"))).toBeUndefined();
    expect(
      parseVerifierKey(nodeHasher, "rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!"),
    ).toBeUndefined();
  });
});

describe("parseNote", () => {
  const problemOf = (text: string) => {
    const parsed = parseNote(text);
    return parsed.ok ? "ok" : parsed.problem;
  };
  const line = PETER_NOTE.slice(PETER_TEXT.length + 1);

  it("refuses every other form, by name", () => {
    const form = 'is not "— name base64"';
    const cases: [string, string][] = [
      ["", "end in a newline"],
      [PETER_NOTE.slice(0, -1), "end in a newline"],
      [PETER_NOTE.replace("think", "th\tnk"), "no other control characters"],
      [PETER_NOTE.replace("think", "th\u0000nk"), "no other control characters"],
      [PETER_NOTE.replace("think", "th\u001fnk"), "no other control characters"],
      [PETER_NOTE.replace("\n", "\r\n"), "no other control characters"],
      [PETER_NOTE.replace("think", "th\ud800nk"), "no other control characters"],
      [PETER_TEXT, "no empty line"],
      [`${PETER_TEXT}\n`, "no signature"],
      [`${PETER_NOTE}\n`, "no signature"],
      [PETER_NOTE.replace("— ", "- "), form],
      [PETER_NOTE.replace("— ", "—"), form],
      [PETER_NOTE.replace("— ", "—  "), form],
      [PETER_NOTE.replace("PeterNeumann", "Peter+Neumann"), form],
      [PETER_NOTE.replace("PeterNeumann", "Peter\u00a0Neumann"), form],
      [PETER_NOTE.replace("PeterNeumann", "Peter\u0085Neumann"), form],
      [PETER_NOTE.replace("PeterNeumann ", ""), form],
      [PETER_NOTE.replace("nAM=", "nAM"), form],
      [PETER_NOTE.replace("nAM=", "nAN="), form],
      [PETER_NOTE.replace("nAM=", "nAM= "), form],
      [`${PETER_TEXT}\n— PeterNeumann x08gow==\n`, form],
      [PETER_NOTE + line.repeat(64), "65 signatures; at most 64"],
      [`${"a".repeat(NOTE_LENGTH_MAX)}\n\n${line}`, `at most ${NOTE_LENGTH_MAX}`],
    ];
    for (const [text, problem] of cases) expect(problemOf(text)).toContain(problem);
    expect(problemOf(PETER_NOTE + line.repeat(63))).toBe("ok");
    expect(problemOf(`${"a".repeat(NOTE_LENGTH_MAX - line.length - 2)}\n\n${line}`)).toBe("ok");
    expect(problemOf(`${PETER_TEXT}\n— PeterNeumann x08go/Y=\n`)).toBe("ok");
  });

  it("takes a text with empty lines, and an empty one", () => {
    const text = "Ognuno sta solo sul cuor della terra\n\ned è subito sera.\n";
    expect(mustParseNote(`${text}\n${line}`).text).toBe(text);
    expect(mustParseNote(`\n\n${line}`).text).toBe("\n");
  });

  it("is total, and gives back what it accepts", () => {
    const parts = fc.constantFrom(
      "\n",
      "— ",
      "PeterNeumann ",
      "x08go/ZJ",
      "=",
      "a",
      "é",
      " ",
      "+",
      "\u00a0",
      line,
    );
    fc.assert(
      fc.property(
        fc.array(parts).map((all) => `${all.join("")}\n`),
        (text) => {
          const parsed = parseNote(text);
          expect(parsed.ok ? formatNote(parsed.note) : text).toBe(text);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("is not made of what could not be read again", () => {
    const [signature] = mustParseNote(PETER_NOTE).signatures;
    if (signature === undefined) throw new Error("signed");
    expect(() => formatNote({ text: "no newline", signatures: [signature] })).toThrow(
      "ends in a newline",
    );
    expect(() => formatNote({ text: "x\n", signatures: [] })).toThrow("a note is signed");
    expect(() => signatureLine({ ...signature, name: "a b" })).toThrow("neither spaces");
    expect(() => signatureLine({ ...signature, keyId: "c74f20" })).toThrow("8 hex digits");
    expect(() => signatureLine({ ...signature, bytes: new Uint8Array() })).toThrow("has bytes");
  });
});

describe("parseCheckpoint", () => {
  const line = PETER_NOTE.slice(PETER_TEXT.length + 1);
  const root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
  const parse = (text: string) => {
    const parsed = parseCheckpoint(`${text}\n${line}`);
    return parsed.ok ? parsed.checkpoint : parsed.problem;
  };

  it("refuses what is no checkpoint", () => {
    const cases: [string, string][] = [
      ["o\n5\n", "at least three lines"],
      [`\n5\n${root}\n`, "none of them empty"],
      [`o\n5\n${root}\nx\n\ny\n`, "none of them empty"],
      [`o\n05\n${root}\n`, 'its size "05"'],
      [`o\n-5\n${root}\n`, 'its size "-5"'],
      [`o\n5e1\n${root}\n`, 'its size "5e1"'],
      [`o\n\n${root}\n`, 'its size ""'],
      [`o\n9007199254740992\n${root}\n`, "up to 2^53 - 1"],
      [`o\n5\n${root.slice(0, -4)}\n`, "not the base64 of 32 bytes"],
      [`o\n5\n${root.replace("I=", "J=")}\n`, "not the base64 of 32 bytes"],
    ];
    for (const [text, problem] of cases) expect(parse(text)).toContain(problem);
    expect(parseCheckpoint("o\n")).toEqual({
      ok: false,
      problem: "no empty line parts the text from signatures",
    });
  });

  it("gives back what was written", () => {
    const line64 = fc.stringMatching(/^[a-z+ é]{1,20}$/);
    const checkpoints = fc.record({
      origin: line64,
      size: fc.maxSafeNat(),
      root: fc
        .uint8Array({ minLength: 32, maxLength: 32 })
        .map((bytes) => Buffer.from(bytes).toString("hex")),
      extensions: fc.array(line64, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(checkpoints, (checkpoint) => {
        expect(parse(checkpointText(checkpoint))).toEqual(checkpoint);
      }),
    );
    expect(parse(`o\n0\n${root}\n`)).toMatchObject({ size: 0 });
    expect(parse(`o\n9007199254740991\n${root}\n`)).toMatchObject({ size: 2 ** 53 - 1 });
  });

  it("is not made of what could not be read again", () => {
    const good: Checkpoint = { origin: "o", size: 5, root: "ab".repeat(32), extensions: [] };
    expect(checkpointText(good)).toBe(
      `o\n5\n${Buffer.from(good.root, "hex").toString("base64")}\n`,
    );
    const bad: Partial<Checkpoint>[] = [
      { origin: "" },
      { origin: "a\nb" },
      { origin: "a\tb" },
      { size: -1 },
      { size: 0.5 },
      { root: "ab" },
      { extensions: [""] },
    ];
    for (const over of bad) expect(() => checkpointText({ ...good, ...over })).toThrow("a ");
  });
});

describe("cosignatures", () => {
  it("are read as transparency-dev's tests read them", () => {
    const bytes = bytesOfBase64(
      "ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJXORmnFBOBA==",
    );
    expect(parseCosignature(bytes?.subarray(4) ?? new Uint8Array())?.timestampS).toBe(
      1_727_964_367,
    );
    const plain = bytesOfBase64(
      "eQjRQm6eSKzFoiYalgwCPXu2y3ijtg68is9M46JKxuZB+dRfTmeQeDBoXnvxZx2ugnkyV+MUMLXpWs1hPb/W/4xkNQY=",
    );
    expect(parseCosignature(plain?.subarray(4) ?? new Uint8Array())).toBeUndefined();
  });

  it("are signed over the specification's text", () => {
    const text =
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    expect(cosignedText(text, 1_679_315_147)).toBe(`cosignature/v1\ntime 1679315147\n${text}`);
  });

  it("come back, up to the last safe second", () => {
    const signature = new Uint8Array(64).fill(7);
    for (const timestampS of [0, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
      const bytes = encodeCosignature({ timestampS, signature });
      expect(Buffer.from(bytes).readBigUInt64BE()).toBe(BigInt(timestampS));
      expect(parseCosignature(bytes)).toEqual({ timestampS, signature });
    }
    expect(parseCosignature(new Uint8Array(72).fill(1, 0, 2))).toBeUndefined();
    for (const timestampS of [-1, 0.5, 2 ** 53]) {
      expect(() => encodeCosignature({ timestampS, signature })).toThrow("whole seconds");
      expect(() => cosignedText("x\n", timestampS)).toThrow("whole seconds");
    }
    expect(() => encodeCosignature({ timestampS: 1, signature: new Uint8Array(63) })).toThrow(
      "64 bytes",
    );
  });
});

describe("base64", () => {
  it("is RFC 4648's, in its one canonical form", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(base64Of(bytes)).toBe(text);
        expect(bytesOfBase64(text)).toEqual(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[AQgwZ+/=_-]{0,9}$/), (text) => {
        const bytes = bytesOfBase64(text);
        const isCanonical = Buffer.from(text, "base64").toString("base64") === text;
        expect(bytes !== undefined).toBe(isCanonical);
        expect(bytes === undefined ? text : base64Of(bytes)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});
