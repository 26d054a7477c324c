// Search spaces: which cells a search may propose, how many there are, and how one is drawn (SNASNet, arXiv 2201.10355).
//
// Forward: each pair i < j carries one of the ops. Feedback: each pair carries an op forward, or one backward, or none, never
// both. SNASNet's rule: always an edge from the input to the output, and after drawing, edges that lead nowhere are removed
// (`repairCell`). The rule `connected` takes cells as drawn in which the input reaches the output, dead edges and all.
//
// A cell's genes are one number a pair: c >= 0 is op c forward, −c is op c backward. Variation works on them.

import type {Random} from "../random.js";
import type {Cell} from "./cell.js";
import {check} from "../check.js";
import {formatOp, type Op, parseOp, SNASNET_OPS} from "./ops.js";
import {repairCell, usedNodes} from "./wiring.js";

export type Space = {
  readonly name: string;
  readonly nodes: number;
  /** The first is `zeroize`. */
  readonly ops: readonly Op[];
  /** Whether a pair may carry its op backwards instead. */
  readonly feedback: boolean;
  /** Which drawn cells belong to the space; `snasnet` unless given. */
  readonly rule?: "snasnet" | "connected";
};

export const SNASNET_FORWARD: Space = {name: "snasnet-forward", nodes: 4, ops: SNASNET_OPS, feedback: false};
export const SNASNET_FEEDBACK: Space = {name: "snasnet-feedback", nodes: 4, ops: SNASNET_OPS, feedback: true};

type Pair = readonly [from: number, to: number];

/** The pairs i < j, row by row. */
export const pairsOf = (nodes: number): Pair[] =>
  Array.from({length: nodes}, (_, from) => from).flatMap((from) =>
    Array.from({length: nodes - from - 1}, (_, k): Pair => [from, from + 1 + k]),
  );

/** The cell with op `genes[k]` on pair k of `pairsOf`; a negative gene −c is op c on the edge backwards. */
export function cellOfGenes({nodes, ops}: Space, genes: readonly number[]): Cell {
  const cell = Array.from({length: nodes}, () => new Array<Op>(nodes).fill("zeroize"));
  let k = 0;
  for (let from = 0; from < nodes; ++from)
    for (let to = from + 1; to < nodes; ++to) {
      const gene = genes[k++]!;
      if (gene >= 0) cell[from]![to] = ops[gene]!;
      else cell[to]![from] = ops[-gene]!;
    }
  return cell;
}

/** The genes of a cell of the space: the inverse of `cellOfGenes`. */
export function genesOf({nodes, ops}: Space, cell: Cell): number[] {
  return pairsOf(nodes).map(([from, to]) => {
    const forward = ops.indexOf(cell[from]![to]!);
    return forward > 0 || cell[to]![from] === "zeroize" ? forward : -ops.indexOf(cell[to]![from]!);
  });
}

/** What a gene can be, `zeroize` (0) first. */
export const geneValues = ({ops, feedback}: Space): number[] => [
  ...ops.keys(),
  ...(feedback ? ops.slice(1).map((_, index) => -index - 1) : []),
];

const hasDirectEdge = (cell: Cell): boolean => cell[0]!.at(-1) !== "zeroize";

/** The cell of these genes as the space holds it; undefined where its rule refuses them. */
export function admitted(space: Space, genes: readonly number[]): Cell | undefined {
  const cell = cellOfGenes(space, genes);
  if (space.rule === "connected") return usedNodes(cell)[0] ? cell : undefined;
  return hasDirectEdge(cell) ? repairCell(cell) : undefined;
}

/** Every list of genes, the first pair varying fastest. */
export function* genesIn(space: Space): Generator<number[]> {
  const pairs = pairsOf(space.nodes);
  const values = geneValues(space);
  const count = values.length ** pairs.length;
  for (let n = 0; n < count; ++n) {
    let rest = n;
    yield pairs.map(() => {
      const value = values[rest % values.length]!;
      rest = Math.floor(rest / values.length);
      return value;
    });
  }
}

/** Every cell that a search may propose, once. */
export function* cellsOf(space: Space): Generator<Cell> {
  const seen = new Set<string>();
  for (const genes of genesIn(space)) {
    const cell = admitted(space, genes);
    if (!cell) continue;
    const key = cell.flat().join(" ");
    if (seen.has(key)) continue;
    seen.add(key);
    yield cell;
  }
}

/** Genes as SNASNet draws them: uniform ops, a fair coin for the direction of each pair. */
export const drawGenes = ({nodes, ops, feedback}: Space, random: Random): number[] =>
  pairsOf(nodes).map(() => {
    const index = random.integer(ops.length);
    return feedback && index > 0 && random.uniform() < 0.5 ? -index : index;
  });

/** Draws a cell: genes are drawn anew until the space's rule takes them. */
export function sampleCell(space: Space, random: Random): Cell {
  for (;;) {
    const cell = admitted(space, drawGenes(space, random));
    if (cell) return cell;
  }
}

/** The cell whose edges hold every choice. The edge from input to output is never nothing, as in SNASNet's space. */
export function choiceCell(nodes: number, ops: readonly Op[]): Cell {
  check(
    "ops",
    ops,
    ops.some((op) => op !== "zeroize"),
    "at least one besides zeroize",
  );
  const cell = Array.from({length: nodes}, () => new Array<Op>(nodes).fill("zeroize"));
  for (const [from, to] of pairsOf(nodes)) {
    const direct = from === 0 && to === nodes - 1;
    cell[from]![to] = formatOp(parseOp(ops.filter((op) => !direct || op !== "zeroize").join("|")));
  }
  return cell;
}
