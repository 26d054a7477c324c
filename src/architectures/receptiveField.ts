// How many pixels, along one axis, can reach one output of the last pooling.
//
//   field = 1 + Σ (k − 1)·jump,   jump = product of the strides before
//
// along the path of a cell with the largest Σ (k − 1): a convolution brings its k, an average pooling edge 3, a skip 1. Edges
// forward in the same timestep alone: feedback widens the field with each timestep.

import type {Architecture} from "./architecture.js";
import {type Cell, type Op, parseOp} from "./cell.js";

const REDUCTION = 3;
const REDUCTION_POOL = 2;

function growth(op: Op): number {
  const parsed = parseOp(op);
  if (parsed.kind === "conv") return parsed.kernelSize - 1;
  return parsed.kind === "avgPool" ? 2 : parsed.kind === "skip" ? 0 : -Infinity;
}

/** The largest Σ (k − 1) over forward paths from input to output; −Infinity when there is none. */
export function growthOf(cell: Cell): number {
  const best = cell.map((_, node) => (node === 0 ? 0 : -Infinity));
  for (let to = 1; to < cell.length; ++to)
    for (let from = 0; from < to; ++from) best[to] = Math.max(best[to]!, best[from]! + growth(cell[from]![to]!));
  return best.at(-1)!;
}

/** Side of the field in pixels (it may exceed the image); 0 where no forward path joins input and output. */
export function receptiveField(a: Architecture): number {
  let field = 1 + 2; // the stem's 3x3
  let jump: number = a.stemStride;
  a.cells.forEach((cell, i) => {
    if (i > 0) {
      field += (REDUCTION - 1 + REDUCTION_POOL - 1) * jump;
      jump *= REDUCTION_POOL;
    }
    field += growthOf(cell) * jump;
  });
  field += (a.pool - 1) * jump;
  return Math.max(0, field);
}
