// Neurons over time whose spikes are bits, from currents or from their batch normalisation, and the gradient of the currents.

import {type IntegratorSpec, plifInitial} from "../graphs/neuron.js";
import {tidy, type Scalar, type Tensor, type TensorInfo} from "../tf.js";
import {type Scale, withFactors} from "./batchNorm.js";
import {address, kernel, output, outputBits, outputIn, withScratch} from "./engine.js";
import {dynamics, surrogateNumbers} from "./neuron.js";
import {operation} from "./register.js";
import {bitsShape} from "./spikeTrain.js";

export type Population = {
  readonly spec: IntegratorSpec;
  /** Timesteps T. */
  readonly T: number;
  /** Whether x [B, ...] is one current for all timesteps; otherwise x is [T·B, ...]. */
  readonly constant: boolean;
  /** PLIF's 1/τ. */
  readonly rate?: number;
};

/** PLIF's rate of charge σ(w) as the definition has it; undefined for other neurons. */
export const learntRate = (spec: IntegratorSpec, w: Scalar | undefined): number | undefined =>
  spec.model !== "plif"
    ? undefined
    : w
      ? tidy(() => w.sigmoid()).dataSync()[0]!
      : 1 / (1 + Math.exp(-plifInitial(spec.tau)));

type Inputs = {readonly x: Tensor} & Partial<Scale>;

/** The shape of the spikes. */
export const firedShape = (x: Tensor, {T, constant}: Population): number[] =>
  constant ? [T * x.shape[0], ...x.shape.slice(1)] : [...x.shape];

/** T, positions, C, bytes of x and of factors between timesteps. */
function strides(
  x: Tensor,
  mean: Tensor | undefined,
  {T, constant}: Population,
): [number, number, number, number, number] {
  const C = x.shape.at(-1)!;
  const P = x.size / C / (constant ? 1 : T);
  return [T, P, C, constant ? 0 : 4 * P * C, mean && mean.size > C ? 12 * C : 0];
}

function withOptionalFactors<R>({gamma, beta, mean, variance}: Partial<Scale>, use: (factors: number) => R): R {
  return gamma && beta && mean && variance ? withFactors({gamma, beta, mean, variance}, use) : use(0);
}

const fireBits = operation<Inputs, Population & {readonly seen: {rate: number}}>({
  name: "NeuronBits",
  saves: {inputs: []},
  forward: ({x, ...scale}, population): TensorInfo => {
    const shape = firedShape(x, population);
    const bits = outputBits(bitsShape(shape));
    const numbers = [...strides(x, scale.mean, population), ...dynamics(population.spec, population.rate)];
    const ones = withOptionalFactors(scale, (factors) =>
      kernel("neuronBits")(address(x), factors, address(bits), ...numbers),
    );
    population.seen.rate = ones / shape.reduce((n, d) => n * d, 1);
    return bits;
  },
});

/** Spikes of `population` under the currents x [..., C], normalised by `scale` where it is given. */
export function fire(
  x: Tensor,
  population: Population,
  scale: Partial<Scale> = {},
): {bits: Tensor; shape: number[]; rate: number} {
  const seen = {rate: 0};
  const [bits] = fireBits({x, ...scale}, {...population, seen});
  return {bits: bits!, shape: firedShape(x, population), rate: seen.rate};
}

const gradient = operation<Inputs & {readonly ds: Tensor}, Population & {readonly learnt: {rate: number}}>({
  name: "NeuronBitsGradient",
  saves: {inputs: []},
  forward: ({x, ds, ...scale}, population): TensorInfo => {
    const {spec, T, rate} = population;
    const dx = population.constant ? output(x.shape) : outputIn(ds);
    const numbers = [
      ...strides(x, scale.mean, population),
      ...dynamics(spec, rate),
      ...surrogateNumbers(spec.surrogate),
      spec.model === "plif" ? 1 : 0,
    ];
    population.learnt.rate = withScratch(64 * T, (scratch) =>
      withOptionalFactors(scale, (factors) =>
        kernel("neuronBitsBackward")(address(x), factors, address(ds), address(dx), scratch, ...numbers),
      ),
    );
    return dx;
  },
});

/** The gradient of the (normalised) currents from that of the spikes, ds, read for the last time; and of PLIF's rate of charge. */
export function fireGradient(
  ds: Tensor,
  x: Tensor,
  population: Population,
  scale: Partial<Scale> = {},
): {dx: Tensor; drate: number} {
  const learnt = {rate: 0};
  const [dx] = gradient({x, ds, ...scale}, {...population, learnt});
  return {dx: dx!, drate: learnt.rate};
}
