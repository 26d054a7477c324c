// Hamming distances between the spike patterns of a batch, for each timestep: in how many neurons do two images differ?
//
//   d(i, j) = x_i·(1 − x_j) + (1 − x_i)·x_j = n_i + n_j − 2·x_i·x_j,    n_i = Σ x_i,    x ∈ {0, 1}^N
//
// The definition multiplies; the kernel counts the ones of x_i XOR x_j on bits (assembly/hamming.ts). Both are exact while
// N < 2²⁴.

import {matMul, type Tensor2D, type Tensor3D, tidy} from "../tf.js";
import {address, kernel, outputBits, withScratch} from "./engine.js";
import {operation} from "./register.js";
import type {SpikeTrain} from "./spikeTrain.js";

export type Distances = {
  /** [T, B, B] int32, symmetric, zeros on the diagonal. */
  readonly distances: Tensor3D;
  /** Spikes of each image, [T, B] int32. */
  readonly counts: Tensor2D;
};

/** By the equation, for x [T, B, N] of zeros and ones. */
export function hammingDefinition(x: Tensor3D): Distances {
  return tidy(() => {
    const counts = x.sum(2); // [T, B]
    const both = matMul(x, x, false, true); // [T, B, B]
    const distances = counts.expandDims(2).add(counts.expandDims(1)).sub(both.mul(2));
    return {distances: distances.cast("int32"), counts: counts.cast("int32")};
  });
}

type Attributes = {readonly T: number; readonly B: number; readonly channels: number};

const count = operation<{bits: Tensor3D}, Attributes>({
  name: "HammingDistances",
  saves: {inputs: []},
  forward: ({bits}, {T, B, channels}) => {
    const words = bits.size / (T * B);
    const outputs = [outputBits([T, B, B]), outputBits([T, B])];
    withScratch(B * (4 * words + 16), (scratch) =>
      kernel("hammingDistances")(...[bits, ...outputs].map(address), scratch, T, B, words, Math.min(channels, 32)),
    );
    return outputs;
  },
});

/** Of a layer's spikes as `onSpikes` lends them. */
export function hammingDistances(train: SpikeTrain): Distances {
  const {T, shape, bits, spikes} = train;
  const B = shape[0]! / T;
  return tidy(() => {
    if (!bits) return hammingDefinition(spikes.reshape([T, B, -1]));
    const [distances, counts] = count({bits: bits as Tensor3D}, {T, B, channels: shape.at(-1)!});
    return {distances: distances as Tensor3D, counts: counts as Tensor2D};
  });
}
