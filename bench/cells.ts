// The cells that are measured: one for training, random ones for scoring, each with k×k kernels in the place of 3×3.

import {type Cell, parseCell} from "../src/architectures/cell.js";
import {convOp} from "../src/architectures/ops.js";
import {sampleCell, SNASNET_FORWARD} from "../src/architectures/spaces.js";
import {random, randomKey} from "../src/random.js";

/** The cell that is trained: four 3×3 convolutions, one 1×1. */
export const CELL = parseCell("0333 0012 0003 0000");

/** The cell with k×k kernels in the place of its 3×3 ones; 1×1 stays. */
export const withKernels = (cell: Cell, k: number): Cell =>
  cell.map((row) => row.map((op) => (op === "conv3" ? convOp(k) : op)));

/** The first `count` of a fixed sequence of cells from SNASNet's forward space. */
export function randomCells(count: number): Cell[] {
  const stream = random(randomKey(1, "bench", "cells"));
  return Array.from({length: count}, () => sampleCell(SNASNET_FORWARD, stream));
}
