import { MeshError } from "./mesh-error.ts";

/** Cells of the routing mesh and who is beside whom. Cells are numbered row by row from 0. */
export interface Topology {
  readonly width: number;
  readonly height: number;
  readonly cells: number;
  /** Opposite edges touch. */
  readonly wraps: boolean;
  /** 4: sides. 8: sides and corners. */
  readonly reach: 4 | 8;
  /** Neighbours of each cell, in a fixed order. */
  readonly neighbours: readonly (readonly number[])[];
}

const SIDES = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;
const CORNERS = [
  [1, -1],
  [1, 1],
  [-1, 1],
  [-1, -1],
] as const;

/** Below 3, a torus would make a cell its own neighbour twice over. */
const SIDE_MIN = 3;
/** 2¹⁶ cells with 768 codes each are 50 MB. */
const CELLS_MAX = 65_536;

/**
 * Cells and their neighbours, on a torus with eight neighbours a cell unless `given` otherwise; MeshError `bad_config` for
 * sizes that are none.
 */
export function createTopology(given: {
  readonly width: number;
  readonly height: number;
  readonly wraps?: boolean;
  readonly reach?: 4 | 8;
}): Topology {
  const { width, height, wraps = true, reach = 8 } = given;
  for (const [name, side] of [
    ["width", width],
    ["height", height],
  ] as const) {
    if (!Number.isSafeInteger(side) || side < SIDE_MIN)
      throw new MeshError(
        "bad_config",
        `${name} ${side}: a routing mesh has at least ${SIDE_MIN} cells a side`,
      );
  }
  const cells = width * height;
  if (cells > CELLS_MAX)
    throw new MeshError(
      "bad_config",
      `${width}×${height} are ${cells} cells; at most ${CELLS_MAX}`,
    );
  const steps = reach === 8 ? [...SIDES, ...CORNERS] : SIDES;
  const neighbours = Array.from({ length: cells }, (_, cell) => {
    const x = cell % width;
    const y = (cell - x) / width;
    return steps.flatMap(([stepX, stepY]) => {
      const [toX, toY] = [x + stepX, y + stepY];
      const inside = toX >= 0 && toX < width && toY >= 0 && toY < height;
      if (!inside && !wraps) return [];
      return [((toY + height) % height) * width + ((toX + width) % width)];
    });
  });
  return { width, height, cells, wraps, reach, neighbours };
}
