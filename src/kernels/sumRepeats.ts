// The gradient of a repetition along the first axis: the sum of the repetitions, in one pass.

import type {Tensor} from "../tf.js";
import {address, kernel, output} from "./engine.js";
import {operation} from "./operation.js";

/** dx [B, ...] from dy [repeats·B, ...]. */
export const sumRepeats = operation(
  "TileGradient",
  ({dy, repeats}: {readonly dy: Tensor; readonly repeats: number}) => {
    const dx = output([dy.shape[0] / repeats, ...dy.shape.slice(1)]);
    kernel("sumRepeats")(address(dy), address(dx), repeats, dy.size / repeats);
    return dx;
  },
);
