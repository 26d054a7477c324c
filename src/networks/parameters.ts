// The parameters of a network by name, and how they start.
//
//   convolutions   uniform in ±√(6/(5·n_in)), n_in = k²·C_in (Kaiming with a = 2)
//   batch norm     γ = 1, β = 0; running mean 0, variance 1
//   linear         `paper`: N(0, 0.01²), biases 0 (SNASNet). It leaves the hidden layer silent at small width.
//                  `unitVariance`: fc1 N(0, 1/(0.1·n_in)), fc2 N(0, 1/n_in): unit-variance input to the hidden neurons when a
//                  tenth of their inputs fire, so that they fire from the first step. Ours.

import {checkName} from "../check.js";
import type {Architecture} from "../architectures/architecture.js";
import {edgesOf, parseOp} from "../architectures/cell.js";
import {plifInitial} from "../neurons/neuron.js";
import {random, type RandomKey} from "../random.js";
import {ones, type Tensor, tensor, zeros} from "../tf.js";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

export type Network = {
  readonly architecture: Architecture;
  /** Learnt: convolutions, γ and β, linear weights. */
  readonly parameters: Tensors;
  /** Running mean and variance of each batch normalisation. */
  readonly statistics: Tensors;
};

export type HeadInit = "unitVariance" | "paper";
const HEAD_INITS: Readonly<Record<HeadInit, number>> = {unitVariance: 0, paper: 0};

export type ParameterShape = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: "conv" | "gamma" | "beta" | "linear" | "bias" | "plif";
};

/** Kaiming-uniform with a = 2: bound = √(6/((1 + a²)·n_in)). */
const convBound = (fanIn: number): number => Math.sqrt(6 / (5 * fanIn));

/** Every parameter of a network, in a fixed order, and the channels of every batch normalisation. */
export function parameterShapes(a: Architecture): {
  parameters: ParameterShape[];
  norms: {name: string; channels: number}[];
} {
  const parameters: ParameterShape[] = [];
  const norms: {name: string; channels: number}[] = [];
  const conv = (name: string, k: number, from: number, to: number): void =>
    void parameters.push({name: `${name}.conv`, shape: [k, k, from, to], role: "conv"});
  const norm = (name: string, channels: number): void => {
    norms.push({name, channels});
    parameters.push(
      {name: `${name}.gamma`, shape: [channels], role: "gamma"},
      {name: `${name}.beta`, shape: [channels], role: "beta"},
    );
  };
  const lif = (name: string): void => {
    if (a.neuron.model === "plif" && !parameters.some((p) => p.name === `${name}.w`))
      parameters.push({name: `${name}.w`, shape: [], role: "plif"});
  };
  conv("stem", 3, a.input.channels, a.channels);
  norm("stem.bn", a.channels);
  let channels = a.channels;
  for (const [i, cell] of a.cells.entries()) {
    if (i > 0) {
      norm(`reduction${i}.bnIn`, channels);
      lif(`reduction${i}`);
      conv(`reduction${i}`, 3, channels, 2 * channels);
      channels *= 2;
      norm(`reduction${i}.bnOut`, channels);
    }
    const {forward, feedback} = edgesOf(cell);
    for (const {from, to, op} of [...forward, ...feedback]) {
      const parsed = parseOp(op);
      if (parsed.kind !== "conv") continue;
      lif(lifName(i, from, parsed.threshold));
      conv(`cell${i + 1}.e${from}${to}`, parsed.kernelSize, channels, channels);
      norm(`cell${i + 1}.e${from}${to}.bn`, channels);
    }
  }
  norm("last.bn", channels);
  lif("last");
  const side = Math.floor(a.input.size / a.stemStride / 2 ** (a.cells.length - 1) / a.pool);
  const outputs = a.classes * a.head.voters;
  parameters.push({name: "fc1.weight", shape: [side * side * channels, a.head.hidden], role: "linear"});
  lif("head");
  parameters.push(
    {name: "fc2.weight", shape: [a.head.hidden, outputs], role: "linear"},
    {name: "fc2.bias", shape: [outputs], role: "bias"},
  );
  return {parameters, norms};
}

/** The spike train that leaves a node: shared by its convolutions, unless one has a threshold of its own. */
export const lifName = (cell: number, node: number, threshold?: number): string =>
  `cell${cell + 1}.n${node}${threshold === undefined ? "" : `@${threshold}`}`;

/** A network with fresh parameters. Each is drawn from a stream of its own name, so equal layers start equal across architectures. */
export function initialise(architecture: Architecture, key: RandomKey, head: HeadInit = "unitVariance"): Network {
  checkName("head initialisation", head, HEAD_INITS);
  const {parameters: shapes, norms} = parameterShapes(architecture);
  const parameters: Record<string, Tensor> = {};
  for (const {name, shape, role} of shapes) {
    const size = shape.reduce((n, d) => n * d, 1);
    const stream = random(key.split(name));
    const fill = (draw: () => number): Tensor => tensor(Float32Array.from({length: size}, draw), [...shape]);
    if (role === "conv") {
      const bound = convBound(shape[0]! * shape[1]! * shape[2]!);
      parameters[name] = fill(() => bound * (2 * stream.uniform() - 1));
    } else if (role === "linear") {
      const variance = head === "paper" ? 1e-4 : name === "fc1.weight" ? 10 / shape[0]! : 1 / shape[0]!;
      parameters[name] = fill(() => Math.sqrt(variance) * stream.normal());
    } else if (role === "plif") parameters[name] = fill(() => plifInitial(architecture.neuron.tau));
    else parameters[name] = role === "gamma" ? ones([...shape]) : zeros([...shape]);
  }
  const statistics: Record<string, Tensor> = {};
  for (const {name, channels} of norms) {
    statistics[`${name}.mean`] = zeros([channels]);
    statistics[`${name}.variance`] = ones([channels]);
  }
  return {architecture, parameters, statistics};
}

/** Frees a network's tensors. */
export function disposeNetwork({parameters, statistics}: Network): void {
  for (const value of [...Object.values(parameters), ...Object.values(statistics)]) value.dispose();
}

/** How many numbers are learnt, counted on the tensors themselves. */
export const countParameters = ({parameters}: Network): number =>
  Object.values(parameters).reduce((n, p) => n + p.size, 0);
