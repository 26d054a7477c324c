// Sum of convolutions with stride 1 by Winograd's minimal filtering, F(4x4, 3x3) and F(4x4, 5x5) (arXiv 1509.09308):
//
//   y[n, h, w, s] (+)= Σ_e Σ_{a, b, r} x_e[n, h + a − ⌊k/2⌋, w + b − ⌊k/2⌋, r] · g_e[a, b, r, s]
//
//   k = 3       36 products for 16 outputs, where the definition takes 144
//   k = 5       64 for 400
//
// Larger filters go by transforms of whole maps (fourierRows.ts).
//
// The x_e are transformed side by side as if their channels were those of one map: their sum is one longer reduction. Blocks
// of tiles pass through all steps while they are in the cache.

import {multiplyFour} from "./multiply";
import {dataTile, outputTile} from "./winogradTiles";
import {eight, four, tileSize} from "./winogradFilter";
import {storeFactors} from "./winogradLines";

/** Bytes of transformed tiles and of their products that a block should have. */
const BLOCK_BYTES: i32 = 384 << 10;
const LINE: usize = 64; // bytes of a cache line
const FACTORS: usize = 64;
const WORK: usize = 2048;

/** Tile rows of a block, for maps whose row has `across` tiles. */
function blockRows(k: i32, across: i32, R: i32, S: i32): i32 {
  const n = tileSize(k);
  return max(1, BLOCK_BYTES / (n * n * 4 * (R + eight(S)) * across));
}

function blockImages(rows: i32, down: i32, N: i32): i32 {
  return rows < down ? 1 : min(rows / down, N);
}

/** Bytes from one plane to the next: an odd number of lines, or the planes of a tile fall upon each other in the cache. */
function spaced(bytes: usize): usize {
  return ((bytes + 8 * LINE - 1) & ~(8 * LINE - 1)) + 3 * LINE;
}

function dataPlane(images: i32, rows: i32, across: i32, R: i32): usize {
  return spaced(<usize>(images * rows * across * R) << 2);
}

function productPlane(images: i32, rows: i32, across: i32, S: i32): usize {
  return spaced(<usize>(four(images * rows * across) * eight(S)) << 2);
}

/** Bytes of scratch that `winograd` needs for a range of up to N images. */
export function winogradScratchBytes(k: i32, N: i32, H: i32, W: i32, R: i32, S: i32): i32 {
  const n = tileSize(k);
  const down = (H + 3) >> 2, across = (W + 3) >> 2;
  const rows = blockRows(k, across, R, S);
  const images = blockImages(rows, down, N);
  const height = min(rows, down);
  const planes = dataPlane(images, height, across, R) + productPlane(images, height, across, S);
  return <i32>(FACTORS + WORK + (<usize>four(images * height * across) << 2) + LINE + <usize>(n * n) * planes);
}

/** Products of all planes of a block: tiles at `offsets` of the data, in order. */
// @ts-ignore: decorator
@inline
function multiplyPlanes(
  data: usize, plane: usize, u: usize, products: usize, productsPlane: usize, offsets: usize,
  planes: i32, tiles: i32, R: i32, S8: i32,
): void {
  const out = <usize>S8 << 2;
  const panel = <usize>R << 5;
  for (let xi = 0; xi < planes; xi++, data += plane, products += productsPlane)
    for (let s: usize = 0; s < out; s += 32, u += panel)
      for (let t = 0; t < tiles; t += 4) {
        const o = offsets + (<usize>t << 2);
        multiplyFour(
          data + load<u32>(o, 0), data + load<u32>(o, 4), data + load<u32>(o, 8), data + load<u32>(o, 12),
          u, R, products + <usize>t * out + s, out, false,
        );
      }
}

// @ts-ignore: decorator
@inline
function run(
  n: i32, edges: usize, count: i32, u: usize, y: usize, n0: i32, n1: i32,
  H: i32, W: i32, S: i32, k: i32, add: i32, scratch: usize,
): void {
  const down = (H + 3) >> 2, across = (W + 3) >> 2;
  const side = k >> 1, S8 = eight(S);
  let R = 0;
  for (let e = 0; e < count; e++) R += four(load<i32>(edges + (<usize>e << 3), 4));
  const blocked = blockRows(k, across, R, S);
  const images = blockImages(blocked, down, n1 - n0);
  const height = min(blocked, down);
  const factors = scratch, work = scratch + FACTORS;
  const offsets = work + WORK;
  const data = (offsets + (<usize>four(images * height * across) << 2) + LINE - 1) & ~(LINE - 1);
  const plane = dataPlane(images, height, across, R);
  const products = data + <usize>(n * n) * plane;
  const productsPlane = productPlane(images, height, across, S);
  storeFactors(factors);
  for (let first = n0; first < n1; first += images)
    for (let top = 0; top < down; top += height) {
      const maps = min(images, n1 - first), rows = min(height, down - top);
      let channel: usize = 0;
      for (let e = 0; e < count; e++) {
        const x = load<usize>(edges + (<usize>e << 3), 0), C = load<i32>(edges + (<usize>e << 3), 4);
        let to = data + channel;
        for (let m = 0; m < maps; m++) {
          const map = x + (<usize>((first + m) * H * W) * <usize>C << 2);
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < across; j++, to += <usize>R << 2)
              dataTile(n, map, H, W, C, 4 * (top + i) - side, 4 * j - side, to, plane, work, factors);
        }
        channel += <usize>four(C) << 2;
      }
      let tiles = 0;
      for (; tiles < maps * rows * across; tiles++) store<u32>(offsets + (<usize>tiles << 2), tiles * R * 4);
      for (let t = tiles; t & 3; t++) store<u32>(offsets + (<usize>t << 2), 0);
      multiplyPlanes(data, plane, u, products, productsPlane, offsets, n * n, tiles, R, S8);
      let from = products;
      for (let m = 0; m < maps; m++) {
        const map = y + (<usize>((first + m) * H * W) * <usize>S << 2);
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < across; j++, from += <usize>S8 << 2)
            outputTile(n, from, productsPlane, map, H, W, S, 4 * (top + i), 4 * j, <bool>add, work, factors);
      }
    }
}

/**
 * Images n0 … n1 − 1 of y [N, H, W, S]. `edges`: for each, the address of its x [N, H, W, C] and C, as int32;
 * `u`: `winogradFilter`'s, of all edges; add = 1: onto what y holds.
 */
export function winograd(
  edges: usize, count: i32, u: usize, y: usize, n0: i32, n1: i32,
  H: i32, W: i32, S: i32, k: i32, add: i32, scratch: usize,
): void {
  if (k == 3) run(6, edges, count, u, y, n0, n1, H, W, S, k, add, scratch);
  else run(8, edges, count, u, y, n0, n1, H, W, S, k, add, scratch);
}
