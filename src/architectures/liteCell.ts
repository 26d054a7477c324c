// The cell of LitE-SNN's backbone (arXiv 2401.14652): its edges, as plain data, and how the authors write them.
//
// States are s0 and s1, what the cells two and one before give, then the cell's own nodes n0, n1, …; node i may read states
// 0 … i + 1, which are edges 2i + i(i − 1)/2 and on. Edges bring currents, whose sum charges one population a node.
//
//   conv    3×3 convolution ─ batch normalisation
//   skip    the spikes themselves; from s0 and s1 another convolution, since channels change there
//   mixed   both, weighted by the softmax of a parameter that all cells share: a search's

import {check, checkName, checkOptions, invalid} from "../check.js";

/** Ops of edges, and how they are written after a state. */
export const LITE_OPS = {conv: "", skip: "~", mixed: "?"} as const;
export type LiteOp = keyof typeof LITE_OPS;

export type LiteEdge = {
  /** 0 is s0, 1 is s1, 2 + i is node i. */
  readonly from: number;
  /** Node. */
  readonly to: number;
  readonly op: LiteOp;
};

/** Number of the first edge into a node. */
const firstEdge = (node: number): number => 2 * node + (node * (node - 1)) / 2;

/** The number of an edge in the authors' order, which names it. */
export const numberOfEdge = ({from, to}: Pick<LiteEdge, "from" | "to">): number => firstEdge(to) + from;

/** The edge of a number. */
export function edgeOfNumber(number: number, op: LiteOp = "conv"): LiteEdge {
  let to = 0;
  while (firstEdge(to + 1) <= number) ++to;
  return {from: number - firstEdge(to), to, op};
}

/** Every edge of a cell of so many nodes: 9 of three, 14 of four. */
export const allEdges = (nodes: number, op: LiteOp): LiteEdge[] =>
  Array.from({length: firstEdge(nodes)}, (_, number) => edgeOfNumber(number, op));

/**
 * The edges of a cell as the authors print it, pairs of an edge's number and its op. Their networks are trained with a convolution
 * on every edge, whichever op was found; so are these.
 */
export const edgesOfPairs = (pairs: readonly (readonly [edge: number, op: number])[]): LiteEdge[] =>
  pairs.map(([number]) => edgeOfNumber(number)).sort((a, b) => numberOfEdge(a) - numberOfEdge(b));

/** Nodes of a cell. */
export const nodesIn = (edges: readonly LiteEdge[]): number => Math.max(...edges.map(({to}) => to)) + 1;

/** Returns the edges, or throws what of them is no cell. */
export function checkLiteCell(edges: readonly LiteEdge[]): readonly LiteEdge[] {
  check("edges", edges, Array.isArray(edges) && edges.length > 0, "a list of at least one edge");
  for (const edge of edges) {
    checkOptions("edge", edge, ["from", "to", "op"]);
    const {from, to, op} = edge;
    check("edge to", to, Number.isInteger(to) && to >= 0 && to < 10, "a node from 0 to 9");
    check("edge from", from, Number.isInteger(from) && from >= 0 && from < to + 2, `a state from 0 to ${to + 1}`);
    checkName("edge op", op, LITE_OPS);
  }
  const numbers = edges.map(numberOfEdge);
  check("edges", edges, new Set(numbers).size === numbers.length, "each once");
  for (let node = 0; node < nodesIn(edges); ++node)
    if (!edges.some(({to}) => to === node)) throw invalid("edges", edges, `at least one into node ${node}`);
  return edges;
}

const stateName = (from: number): string => (from < 2 ? `s${from}` : `n${from - 2}`);

/** A cell as text, node after node: "s0+s1 s1+n0~ s1+n0". */
export const formatLiteCell = (edges: readonly LiteEdge[]): string =>
  Array.from({length: nodesIn(edges)}, (_, node) =>
    edges
      .filter(({to}) => to === node)
      .map(({from, op}) => stateName(from) + LITE_OPS[op])
      .join("+"),
  ).join(" ");
