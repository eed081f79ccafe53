/** What a licence server answered. A token is as it came: unchecked. */
export type LicenceAnswer =
  | { readonly kind: "token"; readonly token: string }
  /** The server said no, and meant it: unknown, suspended, revoked, expired, too many nodes. */
  | { readonly kind: "denied"; readonly reason: string }
  /** Too busy to say; asked again after this time. */
  | {
      readonly kind: "throttled";
      readonly reason: string;
      readonly retryAfterMs: number | undefined;
    }
  /** No answer, or none that can be understood. */
  | { readonly kind: "unreachable"; readonly reason: string };

/** The port to KACHING. No call rejects: that a server is away is an answer. */
export interface LicenceServer {
  /** Binds the licence to this installation; gives its first token. */
  activate(): Promise<LicenceAnswer>;
  /** A new token for the one that is held. */
  heartbeat(token: string): Promise<LicenceAnswer>;
  /** What the server says of the licence, in words; for people. */
  status(): Promise<string>;
}
