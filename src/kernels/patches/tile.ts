// Repetition along the first axis by copying memory, and its gradient in one pass: tfjs's wasm backend copies element by
// element, and its gradient cuts the repetitions apart to add them two by two.

import type {Tensor} from "../../tf.js";
import {address, copyBytes, engineOn, output} from "../engine.js";
import {sumRepeats} from "../sumRepeats.js";
import {replaceGradient, replaceKernel} from "./replace.js";

type Repeats = {readonly reps: readonly number[]};

const alongFirstAxis = (x: Tensor, {reps}: Repeats): boolean =>
  reps.length === x.rank && x.dtype === "float32" && reps.every((r, axis) => axis === 0 || r === 1);

export function patchTile(): void {
  replaceKernel("Tile", (earlier) => (call) => {
    const x = call.inputs.x as Tensor;
    const {reps} = call.attrs as unknown as Repeats;
    if (!engineOn() || !alongFirstAxis(x, {reps})) return earlier(call);
    const y = output([x.shape[0] * reps[0]!, ...x.shape.slice(1)]);
    const [from, to, bytes] = [address(x), address(y), 4 * x.size];
    for (let i = 0; i < reps[0]!; ++i) copyBytes(from, to + i * bytes, bytes);
    return y;
  });
  replaceGradient("Tile", (earlier) => (dy, saved, attributes) => {
    const [x] = saved as [Tensor];
    const {reps} = attributes as unknown as Repeats;
    if (!engineOn() || !alongFirstAxis(x, {reps})) return earlier(dy, saved, attributes);
    return {x: () => sumRepeats({dy: dy as Tensor, repeats: reps[0]!})};
  });
}
