// The parameters of a network by name, and how they start.
//
//   convolutions   uniform in ±√(6/(5·n_in)), n_in = k²·C_in (Kaiming with a = 2)
//   batch norm     γ = 1, β = 0; running mean 0, variance 1
//   linear         `paper`: N(0, 0.01²), biases 0 (SNASNet). It leaves the hidden layer silent at small width.
//                  `unitVariance`: fc1 N(0, 1/(0.1·n_in)), fc2 N(0, 1/n_in): unit-variance input to the hidden neurons when a
//                  tenth of their inputs fire, so that they fire from the first step. Ours.

import {checkName} from "../check.js";
import type {Architecture} from "../architectures/architecture.js";
import {lifsOf} from "../architectures/lifs.js";
import {layersOf, type Norm} from "../architectures/stages.js";
import {plifInitial} from "../graphs/neuron.js";
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
export const HEAD_INITS: Readonly<Record<HeadInit, number>> = {unitVariance: 0, paper: 0};

export type ParameterShape = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: "conv" | "gamma" | "beta" | "linear" | "bias" | "plif";
};

/** Kaiming-uniform with a = 2: bound = √(6/((1 + a²)·n_in)). */
const convBound = (fanIn: number): number => Math.sqrt(6 / (5 * fanIn));

/** Every parameter of a network, in order of computation. */
export function parameterShapes(a: Architecture): ParameterShape[] {
  const norm = ({name, channels}: Norm): ParameterShape[] => [
    {name: `${name}.gamma`, shape: [channels], role: "gamma"},
    {name: `${name}.beta`, shape: [channels], role: "beta"},
  ];
  const layers = layersOf(a).flatMap((layer): ParameterShape[] => {
    const {name, kind, kernelSize, cin, cout, hasBias} = layer;
    const norms = layer.norms.flatMap(norm);
    if (kind === "norm") return norms;
    if (kind === "conv")
      return [{name: `${name}.conv`, shape: [kernelSize, kernelSize, cin, cout], role: "conv"}, ...norms];
    const weight: ParameterShape = {name: `${name}.weight`, shape: [cin, cout], role: "linear"};
    return hasBias ? [weight, {name: `${name}.bias`, shape: [cout], role: "bias"}] : [weight];
  });
  const learntTaus =
    a.neuron.model === "plif"
      ? lifsOf(a).map(({name}): ParameterShape => ({name: `${name}.w`, shape: [], role: "plif"}))
      : [];
  return [...layers, ...learntTaus];
}

/** The first values of one parameter, from the stream that `key` and its name give. */
export function initialValues({name, shape, role}: ParameterShape, key: RandomKey, head: HeadInit): Float32Array {
  const values = new Float32Array(shape.reduce((n, d) => n * d, 1));
  const stream = random(key.split(name));
  if (role === "conv") {
    const bound = convBound(shape[0]! * shape[1]! * shape[2]!);
    for (let i = 0; i < values.length; ++i) values[i] = bound * (2 * stream.uniform() - 1);
  } else if (role === "linear") {
    const variance = head === "paper" ? 1e-4 : name === "fc1.weight" ? 10 / shape[0]! : 1 / shape[0]!;
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
  architecture: Architecture,
  key: RandomKey,
  head: HeadInit = "unitVariance",
  draw: typeof initialValues = initialValues,
): Network {
  checkName("head initialisation", head, HEAD_INITS);
  const parameters: Record<string, Tensor> = {};
  for (const parameter of parameterShapes(architecture)) {
    const {name, role} = parameter;
    const shape = [...parameter.shape];
    if (role === "conv" || role === "linear") parameters[name] = tensor(draw(parameter, key, head), shape);
    else if (role === "plif") parameters[name] = tensor([plifInitial(architecture.neuron.tau)], shape);
    else parameters[name] = role === "gamma" ? ones(shape) : zeros(shape);
  }
  const statistics: Record<string, Tensor> = {};
  for (const {name, channels} of layersOf(architecture).flatMap(({norms}) => norms)) {
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
