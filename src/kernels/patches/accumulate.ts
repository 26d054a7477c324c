// Where gradients meet at a tensor that several operations read, tfjs adds them into a third and frees one of the two; the other
// lives until the whole network has gone backwards. Here the sum takes its place.

import type {Tensor} from "../../tf.js";
import {address, engineOn, kernel, outputIn} from "../engine.js";
import {gradientsMeet} from "../register.js";
import {replaceKernel} from "./replace.js";

export function patchAdd(): void {
  replaceKernel("Add", (earlier) => (call) => {
    const [a, b] = [call.inputs.a as Tensor, call.inputs.b as Tensor];
    if (!gradientsMeet(a, b) || !engineOn()) return earlier(call);
    const sum = outputIn(b);
    if (sum.dataId !== b.dataId) kernel("addFloats")(address(b), address(sum), b.size, 0);
    kernel("addFloats")(address(a), address(sum), a.size, 1);
    b.dispose();
    return sum;
  });
}
