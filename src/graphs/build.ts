// How graphs are made: node after node, each checked against its inputs, its shape inferred.

import {check, InputError, invalid} from "../check.js";
import {inRange} from "../ranges.js";
import type {Connection, Graph, GraphNode, GraphOp, Shape} from "./graph.js";
import {opEntry} from "./ops.js";
import {checkWeightFormat, choicesOf, type WeightFormat} from "./weightFormat.js";

export type GraphBuilder = {
  /** Adds a node and returns its id. `shape` is needed where no undelayed input tells it. */
  readonly add: (
    id: string,
    op: GraphOp,
    inputs?: readonly (string | Connection)[],
    more?: {readonly shape?: Shape | undefined; readonly weights?: WeightFormat | undefined},
  ) => string;
  readonly shapeOf: (id: string) => Shape;
  /** The finished graph; its last node gives the logits. */
  readonly build: () => Graph;
};

/** A graph of T timesteps, to be filled. */
export function graphBuilder(T: number): GraphBuilder {
  const nodes = new Map<string, GraphNode>();
  const shapeOf = (id: string): Shape => {
    const node = nodes.get(id);
    if (!node) throw new InputError(`a node reads ${id}, which does not stand before it`);
    return node.shape;
  };
  return {
    shapeOf,
    add(id, op, inputs = [], {shape, weights} = {}) {
      if (nodes.has(id)) throw new InputError(`two nodes are named ${id}`);
      const connections = inputs.map((input) => (typeof input === "string" ? {from: input} : input));
      const now = connections.filter(({delay}) => delay === undefined).map(({from}) => shapeOf(from));
      const entry = opEntry(op);
      if (entry.reads !== "any") {
        const count = entry.reads === "one" ? 1 : 0;
        check(`inputs of ${id}`, connections.length, connections.length === count && now.length === count, `${count}`);
      }
      entry.check?.(op);
      const inferred = shape ?? entry.shape(op, now, id);
      nodes.set(id, {id, op, inputs: connections, shape: inferred, ...(weights && {weights})});
      return id;
    },
    build: () => finished([...nodes.values()], T),
  };
}

/** The graph of these nodes, or what keeps them from being one. */
function finished(nodes: readonly GraphNode[], T: number): Graph {
  inRange("timesteps", T, "T");
  const shapes = new Map(nodes.map(({id, shape}) => [id, shape]));
  for (const {id, inputs, shape} of nodes)
    for (const {from, delay} of inputs)
      if (delay !== undefined && `${shapes.get(from)}` !== `${shape}`)
        throw invalid(`feedback from ${from} to ${id}`, shapes.get(from), `a node of shape ${shape.join("×")}`);
  check("inputs", nodes.filter(({op}) => op.kind === "input").length, nodes[0]?.op.kind === "input" && nodes.filter(({op}) => op.kind === "input").length === 1, "one, the first node"); // prettier-ignore
  const last = nodes.at(-1)!;
  const ends = (last.op.kind === "vote" || last.op.kind === "meanOverTime") && last.shape.length === 1;
  for (const {op} of nodes)
    if (op.kind === "meanOverTime" && op.prefixes !== undefined)
      check("prefixes", op.prefixes, op.prefixes === T, `${T}, the timesteps of the graph`);
  check("last node", last.op.kind, ends, "meanOverTime or vote of a vector: the logits");
  checkSharedBits(nodes);
  return {nodes, T, classes: last.shape[0]!};
}

/** Nodes that share the choice of their bits choose from the same ones. */
function checkSharedBits(nodes: readonly GraphNode[]): void {
  const known = new Map<string, readonly number[]>();
  for (const {id, weights} of nodes) {
    if (weights?.sharedBits === undefined) continue;
    const bits = choicesOf(weights);
    const before = known.get(weights.sharedBits) ?? bits;
    check(`bits of ${id}`, bits, `${bits}` === `${before}`, `${before}, as others that share ${weights.sharedBits}`);
    known.set(weights.sharedBits, before);
  }
}

/** A graph whose nodes with weights have the formats that `formatOf` gives; none where it is undefined. */
export function withWeights(graph: Graph, formatOf: (node: GraphNode) => WeightFormat | undefined): Graph {
  const nodes = graph.nodes.map((node) => {
    if (node.op.kind !== "conv2d" && node.op.kind !== "linear") return node;
    const {weights: _before, ...rest} = node;
    const weights = formatOf(node);
    if (weights) checkWeightFormat(node.id, weights);
    return weights ? {...rest, weights} : rest;
  });
  checkSharedBits(nodes);
  return {...graph, nodes};
}

/**
 * A graph read from outside, node by node: ids, inputs, ops and shapes are checked as when it was built. Throws what is wrong.
 */
export function parseGraph(value: unknown): Graph {
  const {nodes, T} = (value ?? {}) as Partial<Graph>;
  if (!Array.isArray(nodes) || nodes.length === 0) throw invalid("graph", value, "a record of nodes and T");
  const builder = graphBuilder(T as number);
  for (const node of nodes as GraphNode[]) {
    const {id, op, inputs, shape, weights} = node ?? {};
    if (typeof id !== "string" || typeof op !== "object" || op === null || !Array.isArray(inputs) || !isShape(shape))
      throw invalid("node", node, "a record of id, op, inputs and shape");
    const told = op.kind === "input" || !inputs.some(({delay}: Connection) => delay === undefined);
    if (weights) checkWeightFormat(id, weights);
    builder.add(id, op, inputs, {...(told && {shape}), weights});
    check(`shape of ${id}`, shape, `${builder.shapeOf(id)}` === `${shape}`, builder.shapeOf(id).join("×"));
  }
  return builder.build();
}

const isShape = (shape: unknown): shape is Shape =>
  Array.isArray(shape) && shape.length > 0 && shape.every((d) => Number.isSafeInteger(d) && d > 0);
