// The parameters of a network by name, and how they start.
//
//   convolutions   uniform in ±√(6/(5·n_in)), n_in = k²·C_in (Kaiming with a = 2)
//   batch norm     γ = 1, β = 0; running mean 0, variance 1
//   linear         `paper`: N(0, 0.01²), biases 0 (SNASNet). It leaves the hidden layer silent at small width.
//                  `unitVariance`: N(0, 1/(0.1·n_in)) where a population follows, so that neurons fire from the first step when a
//                  tenth of their inputs do; N(0, 2/n_in) before a ReLU (He et al., arXiv 1502.01852); N(0, 1/n_in) elsewhere.
//                  Ours.
//   scores         √(6/n_in)·W/max|W| of the weights W that they judge (arXiv 2401.14652)

import {asGraph, type NetworkDescription} from "../architectures/description.js";
import {check, checkName} from "../check.js";
import {consumersOf, type Graph, nodeOf, nodesOf, type OpKind, sizeOf} from "../graphs/graph.js";
import {parametersOf, type ParameterShape as ShapeOfNode, SEARCHED_ROLES} from "../graphs/ops.js";
import {random, type RandomKey} from "../random.js";
import {fill, ones, type Tensor, tensor, zeros} from "../tf.js";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

export type Network = {
  readonly graph: Graph;
  /** Learnt: convolutions, γ and β, linear weights, numbers of neurons. */
  readonly parameters: Tensors;
  /** Running mean and variance of each batch normalisation. */
  readonly statistics: Tensors;
};

export type HeadInit = "unitVariance" | "paper";
const HEAD_INITS: Readonly<Record<HeadInit, number>> = {unitVariance: 0, paper: 0};

export type ParameterShape = ShapeOfNode & {
  /** Of linear weights: what reads them. */
  readonly before?: "neurons" | "relu" | "other";
};

/** Variance of the linear weights times n_in, by what follows. */
const GAINS = {neurons: 10, relu: 2, other: 1} as const;

/** Kaiming-uniform with a = 2: bound = √(6/((1 + a²)·n_in)). */
const convBound = (fanIn: number): number => Math.sqrt(6 / (5 * fanIn));

/** Every parameter of a network once, in order of computation; those of neurons come last. Nodes may share one by its name. */
export function parameterShapes(graph: Graph): ParameterShape[] {
  const consumers = consumersOf(graph);
  const shapes = graph.nodes.flatMap((node): ParameterShape[] => {
    const [input] = node.inputs;
    const own = parametersOf(node, input ? nodeOf(graph, input.from).shape : []);
    const readBy = (kind: OpKind): boolean => consumers.get(node.id)!.some(({op}) => op.kind === kind);
    const before = readBy("neurons") ? "neurons" : readBy("relu") ? "relu" : "other";
    return own.map((shape) => (shape.role === "linear" ? {...shape, before} : shape));
  });
  const once = [...new Map(shapes.map((shape) => [shape.name, shape])).values()];
  for (const {name, shape} of shapes) {
    const other = once.find((parameter) => parameter.name === name)!;
    check(`shape of ${name}`, shape, `${shape}` === `${other.shape}`, `${other.shape}, which another node gives it`);
  }
  return [...once.filter(({role}) => role !== "neuron"), ...once.filter(({role}) => role === "neuron")];
}

/** Scores of weights as they start: √(6/n_in)·w/max|w|, by which the largest weights are kept. */
export function initialScores(weights: Float32Array, fanIn: number): Float32Array {
  const largest = weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const scale = Math.sqrt(6 / fanIn) / (largest || 1);
  return weights.map((w) => scale * w);
}

/** The first values of one parameter, from the stream that `key` and its name give. */
export function initialValues(parameter: ParameterShape, key: RandomKey, head: HeadInit): Float32Array {
  const {name, shape, role, before = "other"} = parameter;
  if (role === "mask") {
    const judged = {name: parameter.of!, shape, role: shape.length === 4 ? "conv" : "linear"} as const;
    return initialScores(initialValues(judged, key, head), sizeOf(shape.slice(0, -1)));
  }
  const values = new Float32Array(sizeOf(shape));
  const stream = random(key.split(name));
  if (role === "conv") {
    const bound = convBound(shape[0]! * shape[1]! * shape[2]!);
    for (let i = 0; i < values.length; ++i) values[i] = bound * (2 * stream.uniform() - 1);
  } else if (role === "linear") {
    const variance = head === "paper" ? 1e-4 : GAINS[before] / shape[0]!;
    const deviation = Math.sqrt(variance);
    for (let i = 0; i < values.length; ++i) values[i] = deviation * stream.normal();
  }
  return values;
}

/**
 * A network with fresh parameters. Each is drawn from a stream of its own name, so equal layers start equal across
 * architectures. `draw` may remember what `initialValues` gives.
 */
export function initialise(
  description: NetworkDescription | Graph,
  key: RandomKey,
  head: HeadInit = "unitVariance",
  draw: typeof initialValues = initialValues,
): Network {
  checkName("head initialisation", head, HEAD_INITS);
  const graph = asGraph(description);
  const parameters: Record<string, Tensor> = {};
  for (const parameter of parameterShapes(graph)) {
    const shape = [...parameter.shape];
    const {name, initial} = parameter;
    parameters[name] = initial === undefined ? tensor(draw(parameter, key, head), shape) : fill(shape, initial);
  }
  const statistics: Record<string, Tensor> = {};
  for (const {id, shape} of nodesOf(graph, "batchNorm")) {
    statistics[`${id}.mean`] = zeros([shape.at(-1)!]);
    statistics[`${id}.variance`] = ones([shape.at(-1)!]);
  }
  return {graph, parameters, statistics};
}

/** Frees a network's tensors. */
export function disposeNetwork({parameters, statistics}: Network): void {
  for (const value of [...Object.values(parameters), ...Object.values(statistics)]) value.dispose();
}

/** How many numbers are learnt for the network, counted on the tensors themselves; not what only a search has. */
export const countParameters = ({graph, parameters}: Pick<Network, "graph" | "parameters">): number =>
  parameterShapes(graph)
    .filter(({role}) => !SEARCHED_ROLES.includes(role))
    .reduce((n, {name}) => n + parameters[name]!.size, 0);
