// Which values are the same at every timestep, so that one copy of them is computed: what depends on a constantly encoded input
// through ops without state alone, and what comes after the mean over time.

import {encodingEntry} from "./encoding.js";
import type {Graph, GraphNode} from "./graph.js";

const found = new WeakMap<Graph, ReadonlySet<string>>();

function isConstant({op, inputs}: GraphNode, constant: ReadonlySet<string>): boolean {
  if (op.kind === "input") return encodingEntry(op.encoding).constant;
  if (op.kind === "meanOverTime") return true;
  if (op.kind === "neurons" || (op.kind === "maxPool" && op.by)) return false;
  // Statistics of each timestep, or of all, are those of so many rows: the values are repeated for them.
  if (op.kind === "batchNorm" && op.statistics !== "once") return false;
  return inputs.every(({from, delay}) => delay === undefined && constant.has(from));
}

/** The ids of those nodes. */
export function constantNodes(graph: Graph): ReadonlySet<string> {
  let constant = found.get(graph) as Set<string> | undefined;
  if (constant) return constant;
  constant = new Set();
  for (const node of graph.nodes) if (isConstant(node, constant)) constant.add(node.id);
  found.set(graph, constant);
  return constant;
}
