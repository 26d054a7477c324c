// Search spaces: which cells a search may propose, how many there are, and how one is drawn (SNASNet, arXiv 2201.10355).
//
// Forward: each pair i < j carries one of the ops. Feedback: each pair carries an op forward, or one backward, or none, never
// both. Always an edge from the input to the output. After drawing, edges that lead nowhere are removed (`repairCell`).

import type {Random} from "../random.js";
import {type Cell, type Op, SNASNET_OPS} from "./cell.js";
import {repairCell} from "./graph.js";

export type Space = {
  readonly name: string;
  readonly nodes: number;
  /** The first is `zeroize`. */
  readonly ops: readonly Op[];
  /** Whether a pair may carry its op backwards instead. */
  readonly feedback: boolean;
};

export const SNASNET_FORWARD: Space = {name: "snasnet-forward", nodes: 4, ops: SNASNET_OPS, feedback: false};
export const SNASNET_FEEDBACK: Space = {name: "snasnet-feedback", nodes: 4, ops: SNASNET_OPS, feedback: true};

type Pair = readonly [from: number, to: number];

/** The pairs i < j, row by row. */
export const pairsOf = (nodes: number): Pair[] =>
  Array.from({length: nodes}, (_, from) => from).flatMap((from) =>
    Array.from({length: nodes - from - 1}, (_, k): Pair => [from, from + 1 + k]),
  );

/** The cell with op `ops[k]` on pair k; a negative index −c is op c on the edge backwards. */
function cellOf(nodes: number, pairs: readonly Pair[], ops: readonly Op[], indices: readonly number[]): Cell {
  const cell = Array.from({length: nodes}, () => new Array<Op>(nodes).fill("zeroize"));
  pairs.forEach(([from, to], k) => {
    const index = indices[k]!;
    if (index >= 0) cell[from]![to] = ops[index]!;
    else cell[to]![from] = ops[-index]!;
  });
  return cell;
}

const hasDirectEdge = (cell: Cell): boolean => cell[0]!.at(-1) !== "zeroize";

/** Every wiring once, as drawn: before the demand for a direct edge, and before repair. */
export function* wiringsOf({nodes, ops, feedback}: Space): Generator<Cell> {
  const pairs = pairsOf(nodes);
  const choices = ops.map((_, index) => index);
  if (feedback) choices.push(...ops.slice(1).map((_, index) => -index - 1));
  const count = choices.length ** pairs.length;
  for (let n = 0; n < count; ++n) {
    let rest = n;
    const indices = pairs.map(() => {
      const choice = choices[rest % choices.length]!;
      rest = Math.floor(rest / choices.length);
      return choice;
    });
    yield cellOf(nodes, pairs, ops, indices);
  }
}

/** Every cell that a search may propose, once: with a direct edge, repaired. */
export function* cellsOf(space: Space): Generator<Cell> {
  const seen = new Set<string>();
  for (const wiring of wiringsOf(space)) {
    if (!hasDirectEdge(wiring)) continue;
    const cell = repairCell(wiring);
    const key = cell.flat().join(" ");
    if (seen.has(key)) continue;
    seen.add(key);
    yield cell;
  }
}

/** Draws a cell as SNASNet does: uniform ops, a fair coin for the direction of each pair, redrawn until the direct edge is there. */
export function sampleCell({nodes, ops, feedback}: Space, random: Random): Cell {
  const pairs = pairsOf(nodes);
  for (;;) {
    const indices = pairs.map(() => {
      const index = random.integer(ops.length);
      return feedback && index > 0 && random.uniform() < 0.5 ? -index : index;
    });
    const cell = repairCell(cellOf(nodes, pairs, ops, indices));
    if (hasDirectEdge(cell)) return cell;
  }
}
