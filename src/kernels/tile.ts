// Repetition along the first axis by copying memory, and its gradient in one pass: tfjs's wasm backend copies element by
// element, and its gradient cuts the repetitions apart to add them two by two.

import {getGradient, registerGradient, type Tensor, unregisterGradient} from "../tf.js";
import {address, copyBytes, engineOn, kernel, output} from "./engine.js";
import {operation} from "./register.js";
import {replaceKernel} from "./replace.js";

type Repeats = {readonly reps: readonly number[]};

const leading = (x: Tensor, {reps}: Repeats): boolean =>
  reps.length === x.rank && x.dtype === "float32" && reps.every((r, axis) => axis === 0 || r === 1);

replaceKernel("Tile", (earlier) => (call) => {
  const x = call.inputs.x as Tensor;
  const {reps} = call.attrs as unknown as Repeats;
  if (!engineOn() || !leading(x, {reps})) return earlier(call);
  const y = output([x.shape[0] * reps[0]!, ...x.shape.slice(1)]);
  const [from, to, bytes] = [address(x), address(y), 4 * x.size];
  for (let i = 0; i < reps[0]!; ++i) copyBytes(from, to + i * bytes, bytes);
  return y;
});

export const sumRepeats = operation<{dy: Tensor}, {readonly repeats: number}>({
  name: "TileGradient",
  saves: {inputs: []},
  forward: ({dy}, {repeats}) => {
    const dx = output([dy.shape[0] / repeats, ...dy.shape.slice(1)]);
    kernel("sumRepeats")(address(dy), address(dx), repeats, dy.size / repeats);
    return dx;
  },
});

const earlier = getGradient("Tile");
unregisterGradient("Tile");
registerGradient({
  ...earlier,
  gradFunc: (dy, saved, attrs) => {
    const [x] = saved as [Tensor];
    const {reps} = attrs as unknown as Repeats;
    if (!engineOn() || !leading(x, {reps})) return earlier.gradFunc(dy, saved, attrs);
    return {x: () => sumRepeats({dy: dy as Tensor}, {repeats: reps[0]!})[0]!};
  },
});
