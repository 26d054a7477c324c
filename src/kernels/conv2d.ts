// Convolution on the wasm backend: of spikes as bits, of other values densely, with the gradients that tfjs lacks there.
//
// Input gradients that nobody asks for are not computed: tfjs does not call their thunk.

import {conv2d as definition} from "../layers/conv2d.js";
import type {Tensor, Tensor4D, TensorInfo} from "../tf.js";
import {denseConv} from "./denseConv.js";
import {inputGradientSum} from "./inputGradient.js";
import {address, engineOn, kernel, output} from "./engine.js";
import {operation} from "./register.js";
import {convSizes, spikeConv, spikeConvFilterGradient, type Spikes} from "./spikeConv.js";
import {withBits} from "./spikeTrain.js";

export type ConvOptions = {
  /** Promises that every x is 0 or 1. */
  readonly spikes?: boolean;
};

type Attributes = {readonly stride: 1 | 2; readonly spikes: boolean};

const denseFilterGradient = operation<{x: Tensor; dy: Tensor}, {readonly stride: 1 | 2; readonly k: number}>({
  name: "ConvFilterGradient",
  saves: {inputs: []},
  forward: ({x, dy}, {k, stride}): TensorInfo => {
    const [Ci, Co] = [x.shape[3]!, dy.shape[3]!];
    const dw = output([k, k, Ci, Co]);
    kernel("filterGradientDense")(...[x, dy, dw].map(address), ...convSizes(x.shape, k, Co, stride));
    return dw;
  },
});

function filterGradient(x: Tensor, dy: Tensor, k: number, {stride, spikes}: Attributes): Tensor {
  if (!spikes) return denseFilterGradient({x, dy}, {stride, k})[0]!;
  return withBits(x, (bits: Spikes) => spikeConvFilterGradient(bits, dy, k, stride));
}

const convolve = operation<{x: Tensor; w: Tensor}, Attributes>({
  name: "Conv2D",
  saves: {inputs: ["x", "w"]},
  forward: ({x, w}, {stride, spikes}) =>
    spikes ? withBits(x, (bits) => spikeConv(bits, w, stride)[0]!) : denseConv(x as Tensor4D, w as Tensor4D, stride),
  gradient: ([dy], [x, w], attributes) => ({
    x: () => inputGradientSum([{dy: dy as Tensor4D, w: w as Tensor4D}], x!.shape, attributes.stride),
    w: () => filterGradient(x!, dy!, w!.shape[0], attributes),
  }),
});

/** x [N, H, W, Cin], w [k, k, Cin, Cout] → [N, ⌈H/stride⌉, ⌈W/stride⌉, Cout]. */
export function conv2d(x: Tensor4D, w: Tensor4D, stride: 1 | 2 = 1, {spikes = false}: ConvOptions = {}): Tensor4D {
  if (!engineOn()) return definition(x, w, stride);
  return convolve({x, w}, {stride, spikes})[0] as Tensor4D;
}
