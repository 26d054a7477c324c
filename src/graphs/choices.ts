// Which nodes are there for one choice alone: what a `mix` weighs, back to where other things read it too.
//
// Populations, sums and mixtures end the way back: they belong to the network, whatever is chosen behind them.

import {consumersOf, type Graph, type GraphNode, isKind, nodeOf, nodesOf, type OpOf} from "./graph.js";

/** A choice: the parameter that weighs it, its place there, and how many choices there are. */
export type Choice = {readonly parameter: string; readonly index: number; readonly choices: number};

const found = new WeakMap<Graph, ReadonlyMap<string, Choice>>();

/** The choice that each node belongs to, by id; nodes that belong to none are absent. */
export function choiceOfNodes(graph: Graph): ReadonlyMap<string, Choice> {
  let known = found.get(graph);
  if (!known) found.set(graph, (known = new Map(nodesOf(graph, "mix").flatMap((mix) => nodesOfMix(graph, mix)))));
  return known;
}

function nodesOfMix(graph: Graph, {op: {parameter, choices}, inputs}: GraphNode<OpOf<"mix">>): [string, Choice][] {
  const consumers = consumersOf(graph);
  const ends = (node: GraphNode): boolean =>
    consumers.get(node.id)!.length !== 1 ||
    ["input", "neurons", "add", "mix"].some((kind) => isKind(node, kind as "mix"));
  const back = (id: string): string[] => {
    const node = nodeOf(graph, id);
    return ends(node) ? [] : [id, ...node.inputs.flatMap(({from}) => back(from))];
  };
  return inputs.flatMap(({from}, index) => back(from).map((id): [string, Choice] => [id, {parameter, index, choices}]));
}
