import { ManualClock } from "@swoosh/kernel/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OutboundRefused } from "../../providers/egress/egress.ts";
import { ENTRY_LABEL, readEntry, type EntryPoint } from "./entry-point.ts";
import { GiteaPoll } from "./gitea-poll.ts";
import { GiteaWebhook } from "./gitea-webhook.ts";
import { FakeGitea } from "./test/fake-gitea.ts";

let gitea: FakeGitea;
beforeEach(async () => {
  gitea = new FakeGitea();
  await gitea.open();
});
afterEach(async () => {
  await gitea.close();
});

const ISSUE = { repository: "tony/SWOOSH", number: 7, labels: [ENTRY_LABEL, "later"] };
const payload = (
  change: object = {},
  repository: object = gitea.repositoryJson("tony/SWOOSH"),
): string =>
  JSON.stringify({
    action: "label_updated",
    issue: { ...gitea.issueJson(ISSUE), ...change },
    repository,
  });

describe("a webhook", () => {
  const webhook = (): GiteaWebhook =>
    new GiteaWebhook({ secret: gitea.secret, base: new URL(gitea.url) });

  it("begins the project of an open issue with the label, the same for the same issue", () => {
    const answer = webhook().take(gitea.call("issues", payload()));
    expect(answer).toMatchObject({
      status: 202,
      entry: {
        instance: expect.stringMatching(/^project\/tony-SWOOSH-7-[0-9a-f]{8}$/),
        source: `${gitea.url}/tony/SWOOSH.git#main`,
        issue: `${gitea.url}/tony/SWOOSH/issues/7`,
        title: "Design Brief 7",
      },
    });
    expect(
      webhook().take(gitea.call("issue_label", payload({ title: "other" }))).entry?.instance,
    ).toBe(answer.entry?.instance);
  });

  it.each<
    readonly [
      what: string,
      call: (one: FakeGitea) => ReturnType<FakeGitea["call"]>,
      status: number,
      message: string,
    ]
  >([
    [
      "signed by somebody else",
      (one) => one.call("issues", payload(), Buffer.from("another secret here")),
      401,
      "does not hold",
    ],
    [
      "changed on its way",
      (one) => ({ ...one.call("issues", payload()), body: Buffer.from(payload({ number: 8 })) }),
      401,
      "does not hold",
    ],
    [
      "without a signature",
      () => ({ header: () => undefined, body: Buffer.from("{}") }),
      401,
      "does not hold",
    ],
    ["of another event", (one) => one.call("push", "{}"), 204, "event push begins nothing"],
    [
      "of an issue without the label",
      (one) => one.call("issues", payload({ labels: [] })),
      204,
      "no open entry point",
    ],
    [
      "of a closed issue",
      (one) => one.call("issues", payload({ state: "closed" })),
      204,
      "no open entry point",
    ],
    [
      "of a pull request",
      (one) => one.call("issues", payload({ pull_request: {} })),
      204,
      "no open entry point",
    ],
    ["that is no JSON", (one) => one.call("issues", "{"), 400, "no JSON"],
    [
      "of an issue without a number",
      (one) => one.call("issues", payload({ number: "7" })),
      400,
      "has no number",
    ],
    [
      "of a repository elsewhere",
      (one) =>
        one.call(
          "issues",
          payload(
            {},
            { ...one.repositoryJson("tony/SWOOSH"), clone_url: "https://evil.example/a.git" },
          ),
        ),
      400,
      "not below",
    ],
    [
      "of a repository on another scheme",
      (one) =>
        one.call(
          "issues",
          payload({}, { ...one.repositoryJson("tony/SWOOSH"), clone_url: "file:///etc" }),
        ),
      400,
      "not below",
    ],
    [
      "of a repository with a name that is none",
      (one) =>
        one.call(
          "issues",
          payload({}, { ...one.repositoryJson("tony/SWOOSH"), full_name: "../x/y" }),
        ),
      400,
      "no name of a repository",
    ],
    [
      "with a branch that is an option",
      (one) =>
        one.call(
          "issues",
          payload({}, { ...one.repositoryJson("tony/SWOOSH"), default_branch: "--upload-pack" }),
        ),
      400,
      "no default_branch",
    ],
    [
      "that is too long",
      (one) => one.call("issues", " ".repeat(1_048_577)),
      413,
      "at most 1048576",
    ],
  ])("%s begins nothing", (_what, call, status, message) => {
    const answer = webhook().take(call(gitea));
    expect(answer).toMatchObject({ status, message: expect.stringContaining(message) });
    expect(answer.entry).toBeUndefined();
  });

  it("wants a secret that nobody guesses", () => {
    expect(
      () => new GiteaWebhook({ secret: Buffer.from("short"), base: new URL(gitea.url) }),
    ).toThrow("at least 16");
  });
});

it("issues of different repositories begin different projects, also where their names read alike", () => {
  const base = new URL("https://git.example/");
  const idOf = (full_name: string, number: number): string => {
    const issue = { number, state: "open", labels: [{ name: ENTRY_LABEL }] };
    const read = readEntry(
      issue,
      { full_name, clone_url: `https://git.example/${full_name}`, default_branch: "main" },
      base,
    );
    return read.kind === "entry" ? read.entry.instance : read.kind;
  };
  const ids = [
    idOf("a/b", 1),
    idOf("a/b", 2),
    idOf("a-b/c", 1),
    idOf("a/b-c", 1),
    idOf("x".repeat(90) + "/y", 1),
  ];
  expect(new Set(ids).size).toBe(5);
  for (const id of ids) expect(id).toMatch(/^project\/[A-Za-z0-9_-]{1,64}$/);
});

describe("polling", () => {
  let clock: ManualClock;
  let poll: GiteaPoll;
  let begun: EntryPoint[];
  let looked: () => void;
  const notes: string[] = [];
  const make = (
    token = gitea.token,
    admit = async () => ({ addresses: ["127.0.0.1"], onStop: () => () => {} }),
  ): GiteaPoll =>
    new GiteaPoll({
      admit,
      clock,
      base: new URL(gitea.url),
      token,
      everyMs: 1_000,
      notify: (_level, message) => {
        notes.push(message);
        looked();
      },
      begin: async (entry) => {
        begun.push(entry);
        looked();
      },
    });
  const next = (): Promise<void> => new Promise((resolve) => (looked = resolve));
  beforeEach(() => {
    clock = new ManualClock();
    begun = [];
    notes.length = 0;
    looked = () => {};
    poll = make();
  });
  afterEach(async () => {
    await poll.stop();
  });

  it("begins each open entry point once, page by page, and those that come later", async () => {
    for (let number = 1; number <= 60; number += 1) gitea.issues.push({ ...ISSUE, number });
    gitea.issues.push(
      { ...ISSUE, number: 61, labels: ["later"] },
      { ...ISSUE, number: 62, state: "closed" },
    );
    await poll.start();
    expect(begun).toHaveLength(60);
    expect(gitea.asked.filter((path) => path === "/api/v1/repos/tony/SWOOSH")).toHaveLength(1);
    gitea.issues.push({ ...ISSUE, repository: "tony/other", number: 1 });
    const later = next();
    clock.advance(1_000);
    await later;
    expect(begun.slice(60).map(({ source }) => source)).toEqual([
      `${gitea.url}/tony/other.git#main`,
    ]);
  });

  it("says once that Gitea is away or will not have it, and goes on", async () => {
    gitea.isDown = true;
    await poll.start();
    expect(notes).toEqual([
      "Gitea: 127.0.0.1:" + new URL(gitea.url).port + " answered 502 to api/v1/repos/issues/search",
    ]);
    gitea.isDown = false;
    gitea.issues.push(ISSUE);
    const later = next();
    clock.advance(1_000);
    await later;
    expect(begun).toHaveLength(1);
    await poll.stop();
    poll = make("wrong");
    await poll.start();
    expect(notes.at(-1)).toContain(
      "answered 401 to api/v1/repos/issues/search; is the token right?",
    );
    expect(notes.join(" ")).not.toContain("wrong");
  });

  it("goes out by the egress alone", async () => {
    poll = make(gitea.token, async () =>
      Promise.reject(new OutboundRefused("there is no licence yet")),
    );
    await poll.start();
    expect(notes).toEqual(["Gitea: there is no licence yet"]);
    expect(gitea.asked).toEqual([]);
  });
});
