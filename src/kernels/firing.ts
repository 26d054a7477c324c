// Neurons over time whose spikes are bits, from currents or from their batch normalisation, and the gradient of the currents.

import type {Tensor} from "../tf.js";
import type {Dynamics} from "./compiledNeurons.js";
import {address, kernel, output, outputBits, outputIn, withScratch} from "./engine.js";
import {type Scale, withFactors} from "./normStatistics.js";
import {operation} from "./operation.js";
import type {Spikes} from "./spikeConv.js";
import {bitsShape} from "./spikeTrain.js";

export type Population = {
  readonly dynamics: Dynamics;
  /** Timesteps T. */
  readonly T: number;
  /** Whether x [B, ...] is one current for all timesteps; otherwise x is [T·B, ...]. */
  readonly constant: boolean;
};

/** Currents x [..., C], normalised by `scale` where it is given. */
type Currents = {readonly x: Tensor; readonly scale: Scale | undefined};

/** The shape of the spikes. */
const firedShape = (x: Tensor, {T, constant}: Population): number[] =>
  constant ? [T * x.shape[0], ...x.shape.slice(1)] : [...x.shape];

/** T, positions, C, bytes of x and of factors between timesteps. */
function strides({x, scale}: Currents, {T, constant}: Population): [number, number, number, number, number] {
  const C = x.shape.at(-1)!;
  const P = x.size / C / (constant ? 1 : T);
  return [T, P, C, constant ? 0 : 4 * P * C, scale && scale.mean.size > C ? 12 * C : 0];
}

const withOptionalFactors = <R>(scale: Scale | undefined, use: (factors: number) => R): R =>
  scale ? withFactors(scale, use) : use(0);

/** The spikes of a population. */
export const fire: (args: Currents & Population) => Spikes = operation(
  "NeuronBits",
  ({x, scale, ...population}: Currents & Population) => {
    const shape = firedShape(x, population);
    const bits = outputBits(bitsShape(shape));
    const numbers = [...strides({x, scale}, population), ...population.dynamics.numbers];
    const ones = withOptionalFactors(scale, (factors) =>
      kernel("neuronBits")(address(x), factors, address(bits), ...numbers),
    );
    return {bits, shape, density: ones / shape.reduce((n, d) => n * d, 1)};
  },
);

/**
 * The gradient of the (normalised) currents from that of the spikes, ds, read for the last time; and of the decay rate, where it is
 * learnt.
 */
export const fireGradient = operation(
  "NeuronBitsGradient",
  ({x, scale, ds, ...population}: Currents & Population & {readonly ds: Tensor}) => {
    const {T, constant, dynamics} = population;
    const dx = constant ? output(x.shape) : outputIn(ds);
    const learns = dynamics.learntGradients ? 1 : 0;
    const numbers = [...strides({x, scale}, population), ...dynamics.numbers, ...dynamics.surrogate, learns];
    const decayRateGradient = withScratch(64 * T, (scratch) =>
      withOptionalFactors(scale, (factors) =>
        kernel("neuronBitsBackward")(address(x), factors, address(ds), address(dx), scratch, ...numbers),
      ),
    );
    return {dx, decayRateGradient};
  },
);
