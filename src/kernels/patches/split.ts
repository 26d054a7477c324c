// Cutting along the first axis by copying memory: tfjs's wasm backend copies element by element. Cells with feedback edges
// cut their input into timesteps; gradients that go timestep by timestep cut theirs.

import type {Tensor} from "../../tf.js";
import {address, copyBytes, engineOn, output, outputBits} from "../engine.js";
import {replaceKernel} from "./replace.js";

export function patchSplit(): void {
  replaceKernel("SplitV", (earlier) => (call) => {
    const x = call.inputs.x as Tensor;
    const {numOrSizeSplits: parts, axis} = call.attrs as unknown as {
      readonly numOrSizeSplits: number | readonly number[];
      readonly axis: number;
    };
    const whole = typeof parts === "number" || !parts.includes(-1);
    if (!engineOn() || axis !== 0 || (x.dtype !== "float32" && x.dtype !== "int32") || !whole) return earlier(call);
    const sizes = typeof parts === "number" ? new Array<number>(parts).fill(x.shape[0] / parts) : parts;
    const row = (4 * x.size) / x.shape[0];
    let from = address(x);
    return sizes.map((size) => {
      const piece = (x.dtype === "int32" ? outputBits : output)([size, ...x.shape.slice(1)]);
      copyBytes(from, address(piece), size * row); // after `output`: the memory may have grown
      from += size * row;
      return piece;
    });
  });
}
