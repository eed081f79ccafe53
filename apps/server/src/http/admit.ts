import type { IncomingMessage } from "node:http";
import type { Access } from "@swoosh/protocol";
import { given, refused, type Reading } from "../read/reading.ts";
import { LOCAL, type Holder, type Sessions } from "./sessions.ts";

/** Headers that proxies add: whoever speaks through one is not on the loopback, wherever the proxy is. */
const PROXY_HEADERS = ["forwarded", "x-forwarded-for", "x-real-ip", "via"] as const;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?$/i;

/** Who asks, where the route lets them: by their token, or because they are on this machine. */
export function admit(
  access: Access,
  request: IncomingMessage,
  sessions: Pick<Sessions, "holderOf">,
): Reading<Holder> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = bearerToken(authorization);
    const holder = token === undefined ? undefined : sessions.holderOf(token);
    if (holder !== undefined) return given(holder);
    // A wrong token is told of also where none is needed: its sender believes to have a session.
    return refused(
      "unauthenticated",
      "the token is unknown or has run out, or its key was changed; open a session with /session",
    );
  }
  if (access === "public" || access === "signed") return given(LOCAL);
  if (access === "session" && isLocal(request)) return given(LOCAL);
  return refused(
    "unauthenticated",
    "send a token as `Authorization: Bearer …`: ask GET /session?signer=… for a challenge, answer it with POST /session",
  );
}

/** The token in the header, or undefined where it holds none. */
export function bearerToken(authorization: string): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]{1,128})$/i.exec(authorization)?.[1];
}

/**
 * On this machine: the socket's other end is on the loopback, no proxy stands between, and the caller named this machine
 * by a loopback name: so a page of the web that a browser here shows cannot read through a name of its own.
 */
export function isLocal(request: IncomingMessage): boolean {
  const { headers, socket } = request;
  if (PROXY_HEADERS.some((name) => headers[name] !== undefined)) return false;
  return isLoopback(socket.remoteAddress ?? "") && LOOPBACK_HOST.test(headers.host ?? "");
}

function isLoopback(address: string): boolean {
  const plain = address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
  return plain === "::1" || /^127(?:\.[0-9]{1,3}){3}$/.test(plain);
}
