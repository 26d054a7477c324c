// Accumulates gradients in place, reusing one operand's memory.
//
// The gradient of a tensor that several operations read is a sum. tfjs 4.22 asks an operation for its gradient and, where there is
// an earlier one, calls add(earlier, given) as the very next operation; it frees the earlier one, while the given one lives until
// the whole network has gone backwards. A gradient that `handOver` gave is read by nothing but that sum, which takes its memory.
// Two values say that an addition is that sum: its second operand is the gradient handed over last, and its first holds what the
// gradients of the same tensor were accumulated in, in the same pass.

import type {Tensor} from "../../tf.js";
import {address, engineOn, kernel, outputIn} from "../engine.js";
import {replaceKernel} from "./replace.js";

/** For each tensor the memory (tfjs's dataId) in which the gradients of one backward pass accumulate. */
export type Gradients = WeakMap<Tensor, object>;

type Handed = {
  readonly value: Tensor;
  /** The tensor that it is the gradient of. */
  readonly of: Tensor;
  /** Where its earlier gradients are. */
  readonly earlier: object | undefined;
  readonly gradients: Gradients;
};

let last: Handed | undefined;

/** Gives tfjs the gradient `value` of a tensor; the caller has no further use for it. */
export function handOver(value: Tensor, of: Tensor, gradients: Gradients): Tensor {
  last = {value, of, earlier: gradients.get(of), gradients};
  gradients.set(of, value.dataId);
  return value;
}

export function patchAdd(): void {
  replaceKernel("Add", (earlier) => (call) => {
    const [a, b] = [call.inputs.a as Tensor, call.inputs.b as Tensor];
    const handed = last;
    last = undefined;
    if (!handed || handed.value !== b || handed.earlier !== a.dataId || a === b || !engineOn()) return earlier(call);
    const sum = outputIn(b);
    if (sum.dataId !== b.dataId) kernel("addFloats")(address(b), address(sum), b.size, 0);
    kernel("addFloats")(address(a), address(sum), a.size, 1);
    b.dispose();
    handed.gradients.set(handed.of, sum.dataId);
    return sum;
  });
}
