// Convolution of values that are no spikes, forward: by Winograd's filtering where that is faster (kernels/convolutions.ts).

import {conv2d as definition} from "../layers/conv2d.js";
import type {Tensor4D, TensorInfo} from "../tf.js";
import {faster, withConvolutions} from "./convolutions.js";
import {address, output} from "./engine.js";
import {operation} from "./operation.js";

type Convolution = {readonly x: Tensor4D; readonly w: Tensor4D; readonly stride: 1 | 2};

/** As the definition, without a gradient; the engine must be on. */
export const denseConv = operation("DenseConv", ({x, w, stride}: Convolution): TensorInfo => {
  if (stride !== 1 || !faster(w.shape, x.shape)) return definition(x, w, stride);
  const [images, H, W] = x.shape;
  const [k, , Ci, Co] = w.shape;
  const y = output([images, H, W, Co]);
  withConvolutions([{w: address(w), k, Ci, Co}], {H, W, images, rotated: false}, (run) =>
    run([address(x)], address(y), 0, images),
  );
  return y;
});
