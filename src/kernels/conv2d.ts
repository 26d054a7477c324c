// Convolution on the wasm backend: of spikes as bits, of other values densely, with the gradients that tfjs lacks there.
//
// Input gradients that nobody asks for are not computed: tfjs does not call for them.

import {conv2d as definition} from "../layers/conv2d.js";
import {type Tensor, type Tensor4D, tidy} from "../tf.js";
import {compiled} from "./compiled.js";
import {denseConv} from "./denseConv.js";
import {differentiable} from "./differentiable.js";
import {address, kernel, output} from "./engine.js";
import {inputGradientSum} from "./inputGradient.js";
import {operation} from "./operation.js";
import {convSizes, spikeConv, spikeConvFilterGradient} from "./spikeConv.js";
import {packSpikes} from "./spikeTrain.js";

export type ConvOptions = {
  /** Promises that every x is 0 or 1. */
  readonly spikes?: boolean;
};

type Stride = 1 | 2;
type FilterGradient = {readonly x: Tensor; readonly dy: Tensor; readonly k: number; readonly stride: Stride};

const denseFilterGradient = operation("ConvFilterGradient", ({x, dy, k, stride}: FilterGradient) => {
  const [Ci, Co] = [x.shape[3]!, dy.shape[3]!];
  const dw = output([k, k, Ci, Co]);
  kernel("filterGradientDense")(...[x, dy, dw].map(address), ...convSizes(x.shape, k, Co, stride));
  return dw;
});

/** How to convolve values of each kind, and the gradient of the filter. */
const KINDS = {
  spikes: {
    forward: (x: Tensor4D, w: Tensor4D, stride: Stride): Tensor => spikeConv(packSpikes({spikes: x}), w, {stride}).y,
    filterGradient: ({x, dy, k, stride}: FilterGradient): Tensor =>
      tidy(() => spikeConvFilterGradient(packSpikes({spikes: x}), dy, k, stride)),
  },
  dense: {
    forward: (x: Tensor4D, w: Tensor4D, stride: Stride): Tensor => denseConv({x, w, stride}),
    filterGradient: denseFilterGradient,
  },
};

/** x [N, H, W, Cin], w [k, k, Cin, Cout] → [N, ⌈H/stride⌉, ⌈W/stride⌉, Cout]. */
export const conv2d = compiled({
  definition: (x: Tensor4D, w: Tensor4D, stride: Stride = 1, _: ConvOptions = {}): Tensor4D => definition(x, w, stride),
  kernel: (x, w, stride = 1, {spikes = false} = {}) => {
    const {forward, filterGradient} = KINDS[spikes ? "spikes" : "dense"];
    const {y} = differentiable({
      inputs: {x, w},
      forward: () => ({outputs: {y: forward(x, w, stride) as Tensor4D}, saved: {x, w}}),
      gradientOnDemand: ({y: dy}, saved) => ({
        x: () => inputGradientSum([{dy, w: saved.w}], saved.x.shape, stride),
        w: () => filterGradient({x: saved.x, dy, k: saved.w.shape[0], stride}),
      }),
    });
    return y;
  },
});
