import type { Setting } from "./setting.ts";

/** Every setting of `swoosh up`, in the order in which people read them. */
export const SERVER_SETTINGS: readonly Setting[] = [
  {
    name: "data",
    kind: "text",
    default: ".swoosh",
    description: "data folder; made if it is empty",
  },
  {
    name: "host",
    kind: "text",
    default: "127.0.0.1",
    description: "address to listen on; another than the loopback needs TLS or --insecure",
  },
  {
    name: "port",
    kind: "integer",
    minimum: 0,
    maximum: 65_535,
    default: 8_080,
    description: "port; 0 picks one; the next free one where the default is taken",
  },
  {
    name: "charts",
    kind: "list",
    default: [],
    description: "folders with charts to install beside the shipped ones",
  },
  {
    name: "name",
    kind: "text",
    default: "swoosh",
    description: "name of a new installation, the first part of its origin",
  },
  { name: "tls-cert", kind: "text", default: null, description: "PEM file with the certificate" },
  { name: "tls-key", kind: "text", default: null, description: "PEM file with its private key" },
  {
    name: "insecure",
    kind: "switch",
    default: false,
    description: "listen beyond the loopback without TLS",
  },
  {
    name: "tenant-rate",
    kind: "integer",
    minimum: 0,
    maximum: 1_000_000,
    default: 0,
    description: "proposals a second of one tenant; 0: no limit",
  },
  {
    name: "stranger-rate",
    kind: "integer",
    minimum: 0,
    maximum: 1_000_000,
    default: 500,
    description: "proposals a second of all unknown signers together; 0: no limit",
  },
  {
    name: "snapshot-records",
    kind: "integer",
    minimum: 1,
    maximum: 100_000_000,
    default: 10_000,
    description: "records after which a snapshot is taken",
  },
  {
    name: "snapshot-copy-to",
    kind: "text",
    default: null,
    description: "folder that each snapshot is copied to once it is durable",
  },
  {
    name: "snapshot-hook",
    kind: "text",
    default: null,
    description: "shell command that is run after each snapshot, such as a zfs send",
  },
  {
    name: "snapshot-hook-seconds",
    kind: "integer",
    minimum: 1,
    maximum: 86_400,
    default: 60,
    description: "seconds that copying a snapshot, and its hook, may take each",
  },
  {
    name: "segment-bytes",
    kind: "integer",
    minimum: 4_096,
    maximum: 1_073_741_824,
    default: null,
    description:
      "bytes of a new file of the log; unless given, the first has 1 MiB and they grow to 64",
  },
  { name: "log-level", kind: "text", default: "info", description: "debug, info, warn or error" },
];
