import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";

export interface FakeIssue {
  readonly repository: string;
  readonly number: number;
  readonly labels: readonly string[];
  readonly state?: string;
}

/** A Gitea that speaks the parts of its API that entry points need, on a port of its own. */
export class FakeGitea {
  readonly issues: FakeIssue[] = [];
  readonly asked: string[] = [];
  readonly token = "fake-gitea-access";
  readonly secret = Buffer.from("a shared secret of webhooks");
  isDown = false;
  url = "";
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://h");
      this.asked.push(pathname);
      const send = (status: number, body: unknown): void => {
        response
          .writeHead(status, { "content-type": "application/json" })
          .end(JSON.stringify(body));
      };
      if (this.isDown) return send(502, {});
      if (request.headers.authorization !== `token ${this.token}`)
        return send(401, { message: "token is required" });
      if (pathname === "/api/v1/repos/issues/search") {
        const page = Number(searchParams.get("page"));
        const limit = Number(searchParams.get("limit"));
        const wanted = this.issues.filter(
          ({ labels, state = "open" }) =>
            labels.includes(searchParams.get("labels") ?? "") &&
            state === searchParams.get("state"),
        );
        return send(
          200,
          wanted.slice((page - 1) * limit, page * limit).map((issue) => this.issueJson(issue)),
        );
      }
      const name = /^\/api\/v1\/repos\/([^/]+\/[^/]+)$/.exec(pathname)?.[1];
      return name === undefined ? send(404, {}) : send(200, this.repositoryJson(name));
    });
  }

  async open(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${String(typeof address === "object" ? address?.port : 0)}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  issueJson({ labels, number, repository, state = "open" }: FakeIssue): object {
    return {
      number,
      state,
      title: `Design Brief ${number}`,
      html_url: `${this.url}/${repository}/issues/${number}`,
      labels: labels.map((name) => ({ id: 1, name })),
      pull_request: null,
      repository: { full_name: repository },
    };
  }

  repositoryJson(name: string): object {
    return { full_name: name, clone_url: `${this.url}/${name}.git`, default_branch: "main" };
  }

  /** A call of a webhook as Gitea makes it. */
  call(
    event: string,
    body: string,
    secret: Uint8Array = this.secret,
  ): { header: (name: string) => string | undefined; body: Uint8Array } {
    const headers: Readonly<Record<string, string>> = {
      "x-gitea-event": event,
      "x-gitea-signature": createHmac("sha256", secret).update(body).digest("hex"),
    };
    return { header: (name) => headers[name], body: Buffer.from(body) };
  }
}
