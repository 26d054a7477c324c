// Convolution of values that are no spikes, forward: as kernels/convolutions.ts finds fastest.

import {conv2d as definition} from "../layers/conv2d.js";
import type {Tensor4D, TensorInfo} from "../tf.js";
import {methodOf, withConvolutions} from "./convolutions.js";
import {address, output} from "./engine.js";
import {fourierForward} from "./fourier.js";
import {operation} from "./operation.js";

type Convolution = {readonly x: Tensor4D; readonly w: Tensor4D; readonly stride: 1 | 2};

/** As the definition, without a gradient; the engine must be on. */
export const denseConv = operation("DenseConv", ({x, w, stride}: Convolution): TensorInfo => {
  const method = stride === 1 ? methodOf(w.shape, x.shape) : "definition";
  if (method === "definition") return definition(x, w, stride);
  const [images, H, W] = x.shape;
  const [k, , Ci, Co] = w.shape;
  const y = output([images, H, W, Co]);
  if (method === "fourier")
    fourierForward(
      {x: address(x), bits: false, w: address(w), y: address(y)},
      {images, H, W, k, Ci, Co},
      {statistics: [0, 0, 0, 0], pool: 1, whole: 0},
    );
  else
    withConvolutions([{w: address(w), k, Ci, Co}], {H, W, images, rotated: false}, (run) =>
      run([address(x)], address(y), 0, images),
    );
  return y;
});
