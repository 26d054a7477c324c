// Hamming distances between the spike patterns of a batch: on bits, the ones of x_i XOR x_j (assembly/hamming.ts). As exact as the
// definition, which multiplies.

import {type Distances, hammingDistances as definition} from "../layers/hamming.js";
import type {SpikeTrain} from "../layers/spikeTrain.js";
import {type Tensor, type Tensor3D, tidy} from "../tf.js";
import {compiled} from "./compiled.js";
import {address, kernel, outputBits, withScratch} from "./engine.js";
import {operation} from "./operation.js";

type Train = {readonly bits: Tensor; readonly T: number; readonly B: number; readonly channels: number};

const count = operation("HammingDistances", ({bits, T, B, channels}: Train) => {
  const words = bits.size / (T * B);
  const made = {distances: outputBits([T, B, B]), counts: outputBits([T, B])};
  const tensors = [bits, made.distances, made.counts].map(address);
  withScratch(B * (4 * words + 16), (scratch) =>
    kernel("hammingDistances")(...tensors, scratch, T, B, words, Math.min(channels, 32)),
  );
  return made;
});

/** Of a population's spikes as `onSpikes` receives them. */
export const hammingDistances = compiled({
  definition: ({T, shape, spikes}: SpikeTrain): Distances =>
    tidy(() => definition(spikes!.reshape<Tensor3D>([T, shape[0]! / T, -1]))),
  kernel: ({T, shape, bits}) => count({bits: bits!, T, B: shape[0]! / T, channels: shape.at(-1)!}) as Distances,
});
