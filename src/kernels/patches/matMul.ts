// Matrix products with a transposed factor, as the gradients of linear layers have: tfjs's wasm backend multiplies those in
// plain loops, and the others by its fast library. Transposing the matrix first costs little of what that saves.

import {type Tensor, tidy, transpose} from "../../tf.js";
import {replaceKernel} from "./replace.js";

/** With its last two axes exchanged. */
const transposed = (x: Tensor): Tensor => transpose(x, [...x.shape.keys()].slice(0, -2).concat(x.rank - 1, x.rank - 2));

export function patchBatchMatMul(): void {
  replaceKernel("BatchMatMul", (earlier) => (call) => {
    const {transposeA, transposeB} = call.attrs as unknown as {transposeA: boolean; transposeB: boolean};
    const [a, b] = [call.inputs.a as Tensor, call.inputs.b as Tensor];
    if (!transposeA && !transposeB) return earlier(call);
    let product: ReturnType<typeof earlier> | undefined;
    tidy(() => {
      const inputs = {a: transposeA ? transposed(a) : a, b: transposeB ? transposed(b) : b};
      product = earlier({...call, inputs, attrs: {...call.attrs, transposeA: false, transposeB: false}});
    });
    return product!;
  });
}
