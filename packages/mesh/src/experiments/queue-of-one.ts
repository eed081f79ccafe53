import type { ShardMesh } from "../shards/shard-mesh.ts";
import { createWire, NO_FAULTS, type Wire } from "../shards/wire.ts";

/**
 * A wire for mutants: it says that a frame has come which a full queue of one had no room for. `mesh` gives the mesh that is
 * made with it, once that is there.
 */
export function queueOfOne(mesh: () => ShardMesh): Wire {
  const inner = createWire(NO_FAULTS, 1);
  return {
    send(frame, tick) {
      if (
        frame.kind === "data" &&
        frame.shard.to !== frame.to &&
        mesh().queueLength(frame.to) >= 1
      ) {
        const { id, hops } = frame.shard;
        inner.send({ kind: "ack", from: frame.to, to: frame.from, id, hops }, tick);
      } else inner.send(frame, tick);
    },
    due: (tick) => inner.due(tick),
    get carried() {
      return inner.carried;
    },
  };
}
