// The most convolutions on one way from a cell's input to its output: a count that needs no network.
//
// Along forward edges, within a timestep; skip and average pooling edges lead on without counting. A score that cannot
// rank trained networks better than this does not earn its forward passes.

import type {Architecture} from "./architecture.js";
import type {Cell} from "./cell.js";
import {convolutionsOf} from "./ops.js";

/** Convolutions on the path of a cell that has most of them; −Infinity where no forward path joins input and output. */
export function longestConvPath(cell: Cell): number {
  const most = cell.map((_, node) => (node === 0 ? 0 : -Infinity));
  for (let to = 1; to < cell.length; ++to)
    for (let from = 0; from < to; ++from) {
      const op = cell[from]![to]!;
      if (op !== "zeroize") most[to] = Math.max(most[to]!, most[from]! + convolutionsOf(op));
    }
  return most.at(-1)!;
}

/** The sum over the cells. */
export const convPathOf = ({cells}: Pick<Architecture, "cells">): number =>
  cells.reduce((sum, cell) => sum + longestConvPath(cell), 0);
