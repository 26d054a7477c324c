// In which steps a graph is computed: what can be fused is found here, in the graph, once.
//
//   population   [batch normalisation →] neurons → everything that reads their spikes: convolutions (also with the normalisation and
//                the average pooling that follow), average pooling, and spikes as numbers for whatever else
//   sum          an `add` or a `mix` with the batch normalisations of convolutions that end there
//   stepped      the nodes between the first that reads a delayed value and the last that gives one: timestep by timestep
//   apply        any other node
//
// A value is freed after the last step that reads it.

import {constantNodes} from "../graphs/constant.js";
import {consumersOf, type Graph, type GraphNode, inputOf, isKind, nodeOf, type OpOf} from "../graphs/graph.js";

type Norm = GraphNode<OpOf<"batchNorm">>;
export type ConvNode = GraphNode<OpOf<"conv2d">>;

/** What reads a population's spikes, and the id of the value that it gives. */
export type SpikeConsumer =
  | {
      readonly kind: "conv";
      readonly conv: ConvNode;
      /** The normalisation that reads its map and nothing else does. */
      readonly norm?: Norm | undefined;
      /** Side of the windows where the map is normalised and averaged as it comes; the map itself needs not exist then. */
      readonly window?: number;
      readonly gives: string;
    }
  | {readonly kind: "pool"; readonly window: number; readonly gives: string}
  | {readonly kind: "spikes"; readonly gives: string};

type StepWork =
  | {
      readonly kind: "population";
      readonly node: GraphNode<OpOf<"neurons">>;
      readonly norm?: Norm | undefined;
      readonly input: string;
      readonly consumers: readonly SpikeConsumer[];
    }
  | {
      readonly kind: "sum";
      readonly node: GraphNode;
      readonly terms: readonly {readonly conv: string; readonly norm: Norm}[];
      readonly addends: readonly string[];
    }
  | {
      readonly kind: "stepped";
      readonly nodes: readonly GraphNode[];
      readonly reads: readonly string[];
      readonly gives: readonly string[];
    }
  | {readonly kind: "apply"; readonly node: GraphNode};

/** A step, and the values that nothing reads after it. */
export type Step = StepWork & {readonly frees: readonly string[]};

/** Ranges of nodes, by index, that delayed connections tie together. */
function steppedRanges({nodes}: Graph): [number, number][] {
  const place = new Map(nodes.map(({id}, i) => [id, i]));
  const ranges: [number, number][] = [];
  nodes.forEach(({inputs}, to) => {
    for (const {from, delay} of inputs) {
      if (delay === undefined) continue;
      const ends = [to, place.get(from)!];
      ranges.push([Math.min(...ends), Math.max(...ends)]);
    }
  });
  ranges.sort(([a], [b]) => a - b);
  const merged: [number, number][] = [];
  for (const [first, last] of ranges) {
    const open = merged.at(-1);
    if (open && first <= open[1]) open[1] = Math.max(open[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** What the fusions ask of a graph. */
type Finder = {
  readonly graph: Graph;
  readonly constant: ReadonlySet<string>;
  /** The only reader of a node's value, where there is one and both are outside stepped parts. */
  readonly onlyReader: (id: string) => GraphNode | undefined;
  readonly readers: (id: string) => readonly GraphNode[];
  readonly isStepped: (id: string) => boolean;
};

/** The normalisation before a population that nothing else reads. */
function normBefore({graph, onlyReader}: Finder, node: GraphNode): Norm | undefined {
  const before = nodeOf(graph, node.inputs[0]!.from);
  const fits = isKind(before, "batchNorm") && before.op.statistics !== "once" && onlyReader(before.id) === node;
  return fits ? (before as Norm) : undefined;
}

/** The convolution whose normalised map ends at a sum and nowhere else. */
function termOf(
  {graph, constant, onlyReader}: Finder,
  id: string,
  sum: GraphNode,
): {conv: string; norm: Norm} | undefined {
  const norm = nodeOf(graph, id);
  if (!isKind(norm, "batchNorm") || norm.op.statistics === "once" || onlyReader(id) !== sum) return undefined;
  const conv = nodeOf(graph, norm.inputs[0]!.from);
  const fits = isKind(conv, "conv2d") && !constant.has(conv.id) && onlyReader(conv.id) === norm;
  return fits ? {conv: conv.id, norm} : undefined;
}

/** What one reader makes of spikes, where it can be computed with them. */
function consumerOf({onlyReader, isStepped}: Finder, reader: GraphNode): SpikeConsumer | undefined {
  if (isStepped(reader.id)) return undefined;
  if (isKind(reader, "avgPool") && reader.op.padding === "none")
    return {kind: "pool", window: reader.op.window, gives: reader.id};
  if (!isKind(reader, "conv2d") || reader.op.bias) return undefined;
  const next = onlyReader(reader.id);
  const norm = next && isKind(next, "batchNorm") && next.op.statistics !== "once" ? (next as Norm) : undefined;
  const pool = norm && onlyReader(norm.id);
  if (!pool || !isKind(pool, "avgPool") || pool.op.padding !== "none")
    return {kind: "conv", conv: reader, norm, gives: reader.id};
  return {kind: "conv", conv: reader, norm, window: pool.op.window, gives: pool.id};
}

function populationStep(find: Finder, node: GraphNode<OpOf<"neurons">>): StepWork {
  const norm = normBefore(find, node);
  const consumers: SpikeConsumer[] = [];
  let asNumbers = false;
  for (const reader of new Set(find.readers(node.id))) {
    const consumer = consumerOf(find, reader);
    if (consumer) consumers.push(consumer);
    else asNumbers = true;
  }
  if (asNumbers) consumers.push({kind: "spikes", gives: node.id});
  return {kind: "population", node, norm, input: (norm ?? node).inputs[0]!.from, consumers};
}

const isSum = ({op}: GraphNode): boolean => op.kind === "add" || op.kind === "mix";

function sumStep(find: Finder, node: GraphNode): StepWork {
  const from = node.inputs.map((input) => input.from);
  const terms = from.map((id) => termOf(find, id, node));
  return {
    kind: "sum",
    node,
    terms: terms.filter((term) => term !== undefined),
    addends: from.filter((_, i) => terms[i] === undefined),
  };
}

/** The ids that a step reads and those that it gives. */
function flow(step: StepWork): {reads: readonly string[]; gives: readonly string[]} {
  switch (step.kind) {
    case "population":
      return {reads: [step.input], gives: step.consumers.map(({gives}) => gives)};
    case "sum":
      return {reads: [...step.terms.map(({conv}) => conv), ...step.addends], gives: [step.node.id]};
    case "stepped":
      return step;
    case "apply":
      return {reads: step.node.inputs.map(({from}) => from), gives: [step.node.id]};
  }
}

/** Nodes that fused steps compute on the way, so that they are no steps of their own. */
function absorbed(find: Finder): Set<string> {
  const {graph, isStepped} = find;
  const found = new Set<string>();
  for (const node of graph.nodes) {
    if (isStepped(node.id)) continue;
    if (isKind(node, "neurons")) {
      const {norm, consumers} = populationStep(find, node) as Extract<StepWork, {kind: "population"}>;
      if (norm) found.add(norm.id);
      for (const consumer of consumers) {
        if (consumer.kind === "conv") found.add(consumer.conv.id);
        if (consumer.kind === "conv" && consumer.window !== undefined) found.add(consumer.norm!.id);
        if (consumer.kind !== "spikes") found.add(consumer.gives);
      }
    } else if (isSum(node)) for (const {from} of node.inputs) if (termOf(find, from, node)) found.add(from);
  }
  return found;
}

function workOf(graph: Graph): StepWork[] {
  const ranges = steppedRanges(graph);
  const stepped = new Map(ranges.flatMap(([first, last]) => graph.nodes.slice(first, last + 1).map(({id}) => [id, first] as const))); // prettier-ignore
  const consumers = consumersOf(graph);
  const isStepped = (id: string): boolean => stepped.has(id);
  const find: Finder = {
    graph,
    constant: constantNodes(graph),
    isStepped,
    readers: (id) => consumers.get(id)!,
    onlyReader: (id) => {
      const [reader, ...others] = consumers.get(id)!;
      return reader && others.length === 0 && !isStepped(id) && !isStepped(reader.id) ? reader : undefined;
    },
  };
  const skipped = absorbed(find);
  const work: StepWork[] = [];
  graph.nodes.forEach((node, i) => {
    const range = ranges.find(([first]) => first === i);
    if (range) {
      const nodes = graph.nodes.slice(range[0], range[1] + 1);
      const inside = new Set(nodes.map(({id}) => id));
      const reads = new Set(nodes.flatMap(({inputs}) => inputs.map(({from}) => from)).filter((id) => !inside.has(id)));
      const gives = nodes.filter(({id}) => consumers.get(id)!.some((reader) => !inside.has(reader.id)));
      work.push({kind: "stepped", nodes, reads: [...reads], gives: gives.map(({id}) => id)});
    } else if (!isStepped(node.id) && !skipped.has(node.id) && node.op.kind !== "input")
      work.push(
        isKind(node, "neurons")
          ? populationStep(find, node)
          : isSum(node)
            ? sumStep(find, node)
            : {kind: "apply", node},
      );
  });
  return work;
}

const plans = new WeakMap<Graph, readonly Step[]>();

/** The steps of a graph, in order. */
export function planOf(graph: Graph): readonly Step[] {
  const known = plans.get(graph);
  if (known) return known;
  const work = workOf(graph);
  const kept = new Set([inputOf(graph).id, outputsOf(graph), graph.nodes.at(-1)!.id]);
  const last = new Map<string, number>();
  work.forEach((step, i) => {
    const {reads, gives} = flow(step);
    for (const id of [...gives, ...reads]) if (!kept.has(id)) last.set(id, i);
  });
  const plan = work.map((step, i) => ({...step, frees: [...last].flatMap(([id, at]) => (at === i ? [id] : []))}));
  plans.set(graph, plan);
  return plan;
}

/** The node whose values at each timestep are the network's outputs: what the mean over time reads. */
export const outputsOf = (graph: Graph): string =>
  graph.nodes.findLast(({op}) => op.kind === "meanOverTime")!.inputs[0]!.from;
