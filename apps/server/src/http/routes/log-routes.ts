import { base64Of, hexBytes, type LeafHash } from "@swoosh/kernel";
import { LogTree } from "../../log/log-tree.ts";
import { given, refused, type Reading } from "../../read/reading.ts";
import type { HttpApp } from "../http-app.ts";
import { jsonOf, mount, sentAs, type Sent } from "../mount.ts";
import type { ReadDoors } from "../read-doors.ts";

/** Tiles never change once they are whole; a partial one is another path than the one that replaces it. */
const TILE_HEADERS = { "cache-control": "public, max-age=31536000, immutable" };

/** The log's tree from outside: signed head, tiles, proofs (C2SP tlog-checkpoint and tlog-tiles, RFC 6962). */
export function addLogRoutes(app: HttpApp, { node, sessions, source }: ReadDoors): void {
  const tree = new LogTree({
    hasher: node.kernel.hasher,
    get size() {
      return source.size;
    },
    records: (from, limit) => source.records(from, limit),
  });
  mount(app, "readCheckpoint", {
    sessions,
    handler: () =>
      sentAs(node.role.checkpoint(), (body) => ({ body, media: "text/plain; charset=utf-8" })),
  });
  mount(app, "readTile", {
    sessions,
    handler: async ({ named }) => {
      await tree.caughtUp();
      const bytes = tree.tile(named);
      if (bytes === undefined)
        return refused("not_found", `a log of ${tree.size} records has no tile ${named}`);
      return given({ body: bytes, media: "application/octet-stream", headers: TILE_HEADERS });
    },
  });
  mount(app, "proveInclusion", {
    sessions,
    handler: async ({ query }) => {
      await tree.caughtUp();
      const index = query.integer("index") ?? 0;
      const size = query.integer("size") ?? 0;
      return proven(
        tree.inclusion(index, size),
        `record ${index} is not in a tree of ${size} records; this log has ${tree.size}`,
      );
    },
  });
  mount(app, "proveConsistency", {
    sessions,
    handler: async ({ query }) => {
      await tree.caughtUp();
      const from = query.integer("from") ?? 0;
      const to = query.integer("to") ?? 0;
      return proven(
        tree.consistency(from, to),
        `a tree of ${from} records does not go on to one of ${to}; this log has ${tree.size}`,
      );
    },
  });
}

function proven(proof: readonly LeafHash[] | undefined, why: string): Reading<Sent> {
  if (proof === undefined) return refused("not_found", why);
  return given(jsonOf({ hashes: proof.map((hash) => base64Of(hexBytes(hash))) }));
}
