// What the compiled kernels of neurons can run, by name. A neuron or a surrogate without an entry runs by its definition, on this
// backend too.

import {type NeuronModel, type NeuronSpec, plifInitial, type SpecOf, type SurrogateSpec} from "../graphs/neuron.js";
import type {Learnt} from "../neurons/steps.js";
import {scalar, type Scalar, tidy} from "../tf.js";

type CompiledNeuron<S> = {
  /** 1/τ, the membrane's decay rate. */
  readonly decayRate: (spec: S, learnt: Learnt) => number;
  /** Whether the input decays with the membrane: u = v + (x − v)/τ; otherwise u = v·(1 − 1/τ) + x. */
  readonly decaysInput: (spec: S) => boolean;
  /** The least potential that fires, where that is not the threshold. */
  readonly firesAt?: (spec: S) => number;
  /** The gradients of what is learnt from that of the decay rate. */
  readonly learntGradients?: (decayRateGradient: number, decayRate: number) => Readonly<Record<string, number>>;
};

/** Every model that the kernels know: one state, a decay rate and a constant threshold. */
const NEURONS: {readonly [M in NeuronModel]?: CompiledNeuron<SpecOf<M>>} = {
  lif: {decayRate: ({tau}) => 1 / tau, decaysInput: ({decayInput}) => decayInput},
  strictLif: {
    decayRate: ({tau}) => 1 / tau,
    decaysInput: ({decayInput}) => decayInput,
    firesAt: ({threshold}) => nextFloat(threshold), // u > θ in float32
  },
  if: {decayRate: () => 0, decaysInput: () => false},
  plif: {
    decayRate: ({tau}, {w}) => (w ? sigmoid(w) : 1 / (1 + Math.exp(-plifInitial(tau)))),
    decaysInput: ({decayInput}) => decayInput,
    learntGradients: (gradient, rate) => ({w: gradient * rate * (1 - rate)}),
  },
};

/** The least float32 above a positive number. */
function nextFloat(value: number): number {
  const at = new Float32Array([value]);
  if (at[0]! > value) return at[0]!;
  ++new Uint32Array(at.buffer)[0]!;
  return at[0]!;
}

const sigmoid = (w: Scalar): number => tidy(() => w.sigmoid()).dataSync()[0]!;

/** What the kernels' `derivative` (assembly/neuron.ts) reads: the kind of its formula, two factors, and its limit. */
type SurrogateNumbers = readonly [kind: number, a: number, b: number, limit: number];

const SURROGATES: {
  readonly [N in SurrogateSpec["name"]]?: (spec: Extract<SurrogateSpec, {name: N}>) => SurrogateNumbers;
} = {
  atan: ({alpha}) => [0, (Math.PI / 2) * alpha, alpha / 2, Infinity],
  triangular: ({alpha}) => [1, alpha * alpha, alpha, Infinity],
  rectangular: ({width}) => [2, 0, 0, width],
  sigmoid: ({alpha}) => [3, alpha, alpha, Infinity],
  dspike: ({b}) => [3, 2 * b, (2 * b) / Math.tanh(b / 2), 0.5], // 1 − tanh²(bx) = 4e/(1 + e)², e = exp(−2b|x|)
};

/** A population as the kernels run it. */
export type Dynamics = {
  readonly decayRate: number;
  /** Decay rate, threshold and flags, which every kernel reads. */
  readonly numbers: readonly [decayRate: number, threshold: number, flags: number];
  /** What the backward kernels read beside them. */
  readonly surrogate: SurrogateNumbers;
  readonly learntGradients: CompiledNeuron<never>["learntGradients"];
};

/** How the kernels run a neuron; undefined where they do not know it, or its surrogate. */
export function dynamicsOf(spec: NeuronSpec, learnt: Learnt = {}): Dynamics | undefined {
  const entry = NEURONS[spec.model] as CompiledNeuron<NeuronSpec> | undefined;
  const surrogate = SURROGATES[spec.surrogate.name] as ((surrogate: SurrogateSpec) => SurrogateNumbers) | undefined;
  if (!entry || !surrogate) return undefined;
  const decayRate = entry.decayRate(spec, learnt);
  const {threshold, reset, detachReset} = spec;
  const flags = (entry.decaysInput(spec) ? 1 : 0) | (reset === "hard" ? 2 : 0) | (detachReset ? 4 : 0);
  return {
    decayRate,
    numbers: [decayRate, entry.firesAt?.(spec) ?? threshold, flags],
    surrogate: surrogate(spec.surrogate),
    learntGradients: entry.learntGradients,
  };
}

/** The gradients of a population's learnt scalars, from that of its decay rate. */
export const learntGradientsOf = ({learntGradients, decayRate}: Dynamics, gradient: number): Record<string, Scalar> =>
  Object.fromEntries(
    Object.entries(learntGradients?.(gradient, decayRate) ?? {}).map(([name, value]) => [name, scalar(value)]),
  );
