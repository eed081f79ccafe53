/** Asked before a connection goes out; throws where it may not. Gives the addresses that the connection must keep to. */
export type AdmitOutbound = (url: URL) => Promise<{
  readonly addresses: readonly string[];
  /** `end` is called when all outbound stops; gives what takes it back. */
  readonly onStop?: (end: () => void) => () => void;
}>;

/** Options of git that pin the host of a URL to these addresses. */
export function pinnedConfig(url: URL, addresses: readonly string[]): readonly string[] {
  if (addresses.length === 0 || !["http:", "https:"].includes(url.protocol)) return [];
  const port = url.port !== "" ? url.port : url.protocol === "https:" ? "443" : "80";
  const hosts = addresses.map((address) => (address.includes(":") ? `[${address}]` : address));
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return [`http.curloptResolve=${host}:${port}:${hosts.join(",")}`];
}
