import { connect, type NatsConnection } from "@nats-io/transport-node";
import { hostOf, portOf, type Admission } from "./egress/egress.ts";

export interface NatsAddress {
  readonly admit: (url: URL) => Promise<Admission>;
  /** `nats://host:port`, or `tls://…`. */
  readonly url: string;
  readonly timeoutMs?: number;
}

export interface AdmittedNats {
  readonly connection: NatsConnection;
  /** Takes the end of outbound back, for a connection that is over. */
  readonly release: () => void;
}

const TIMEOUT_MS = 5_000;
const RECONNECT_MS = 500;

/**
 * A connection to NATS through the egress, which closes it when outbound stops. Within one admission the client comes back by itself
 * where the server went away. Rejects with `OutboundRefused`, or with the client's error where nobody is there.
 */
export async function connectNats(address: NatsAddress): Promise<AdmittedNats> {
  const url = new URL(address.url);
  const { addresses, onStop } = await address.admit(url);
  const [first = hostOf(url)] = addresses;
  const host = first.includes(":") ? `[${first}]` : first;
  const connection = await connect({
    servers: `${host}:${portOf(url)}`,
    timeout: address.timeoutMs ?? TIMEOUT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
    // Other servers of the cluster that this one names were not admitted.
    ignoreClusterUpdates: true,
    name: "swoosh",
    ...(url.protocol === "tls:" ? { tls: {} } : {}),
  });
  const release = onStop(() => {
    void connection.close();
  });
  return { connection, release };
}
