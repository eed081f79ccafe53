import type { Grid } from "@swoosh/mesh";
import { crc32, deflateSync } from "node:zlib";

/** Pixels of a picture's longer side: small grids are drawn larger, large ones smaller. */
const SIDE_PIXELS_MIN = 512;
const SIDE_PIXELS_MAX = 4_096;

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
/** Empty ground and full life; between them, squares of which some cells are alive. */
const DEAD = [16, 20, 32] as const;
const ALIVE = [142, 240, 172] as const;

/**
 * A picture of the grid as PNG (ISO 15948): indexed colours, each cell a square of pixels, or each pixel a square of cells whose
 * share of life is its colour.
 */
export function gridPng(grid: Grid): Uint8Array {
  const longer = Math.max(grid.width, grid.height);
  const cellsAPixel = Math.ceil(longer / SIDE_PIXELS_MAX);
  const pixelsACell = cellsAPixel > 1 ? 1 : Math.max(1, Math.floor(SIDE_PIXELS_MIN / longer));
  const width = Math.ceil(grid.width / cellsAPixel) * pixelsACell;
  const height = Math.ceil(grid.height / cellsAPixel) * pixelsACell;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, colours by index; one method each of compression and filters, not interlaced.
  header.set([8, 3, 0, 0, 0], 8);
  const pixels = pixelRows(grid, { width, height, cellsAPixel, pixelsACell });
  return Buffer.concat([
    Buffer.from(SIGNATURE),
    chunk("IHDR", header),
    chunk("PLTE", palette()),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Rows of one filter byte (0: none) and the indexes. */
function pixelRows(
  grid: Grid,
  scale: {
    readonly width: number;
    readonly height: number;
    readonly cellsAPixel: number;
    readonly pixelsACell: number;
  },
): Uint8Array {
  const { width, height, cellsAPixel, pixelsACell } = scale;
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const left = Math.floor(x / pixelsACell) * cellsAPixel;
      const top = Math.floor(y / pixelsACell) * cellsAPixel;
      rows[y * (width + 1) + 1 + x] = lifeOf(grid, { left, top, side: cellsAPixel });
    }
  }
  return rows;
}

/** 0 for no life in a square, 255 for nothing but life. */
function lifeOf(
  grid: Grid,
  square: { readonly left: number; readonly top: number; readonly side: number },
): number {
  const { left, top, side } = square;
  if (side === 1) return grid.get(left, top) * 255;
  let [alive, cells] = [0, 0];
  for (let y = top; y < Math.min(top + side, grid.height); y += 1)
    for (let x = left; x < Math.min(left + side, grid.width); x += 1) {
      alive += grid.get(x, y);
      cells += 1;
    }
  return Math.ceil((alive * 255) / cells);
}

function palette(): Uint8Array {
  return Uint8Array.from({ length: 768 }, (_, at) => {
    const [low = 0, high = 0] = [DEAD[at % 3], ALIVE[at % 3]];
    const share = Math.floor(at / 3);
    return Math.round(low + ((high - low) * share) / 255);
  });
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
