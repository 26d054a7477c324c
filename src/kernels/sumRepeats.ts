// The gradient of a repetition along the first axis: the sum of the repetitions, in one pass.

import type {Tensor} from "../tf.js";
import {address, kernel, output} from "./engine.js";
import {operation} from "./register.js";

/** dx [B, ...] from dy [repeats·B, ...]. */
export const sumRepeats = operation<{dy: Tensor}, {readonly repeats: number}>({
  name: "TileGradient",
  saves: {inputs: []},
  forward: ({dy}, {repeats}) => {
    const dx = output([dy.shape[0] / repeats, ...dy.shape.slice(1)]);
    kernel("sumRepeats")(address(dy), address(dx), repeats, dy.size / repeats);
    return dx;
  },
});
