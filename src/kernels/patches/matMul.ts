// Products of two matrices, also transposed as the gradients of linear layers have them, by a kernel (assembly/matMul.ts): tfjs's
// wasm backend multiplies transposed matrices in plain loops. Products of several pairs at once are left to it.

import type {Tensor, TensorInfo} from "../../tf.js";
import {address, engineOn, kernel, output, withScratch} from "../engine.js";
import {type KernelFunction, replaceKernel} from "./replace.js";

type Product = {readonly a: Tensor; readonly b: Tensor; readonly transposeA: boolean; readonly transposeB: boolean};

/** Whether x is one matrix: [..., rows, columns] with nothing but ones before. */
const isMatrix = ({dtype, shape, size}: Tensor): boolean =>
  dtype === "float32" && size > 0 && size === shape.at(-2)! * shape.at(-1)!;

function multiply({a, b, transposeA, transposeB}: Product): TensorInfo {
  const [M, R] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const S = b.shape.at(transposeB ? -2 : -1)!;
  const product = output([...a.shape.slice(0, -2), M, S]);
  withScratch(kernel("matMulScratchBytes")(M, Number(transposeA)), (scratch) =>
    kernel("matMul")(...[a, b, product].map(address), M, R, S, Number(transposeA), Number(transposeB), scratch),
  );
  return product;
}

export function patchBatchMatMul(): void {
  replaceKernel(
    "BatchMatMul",
    (earlier): KernelFunction =>
      (call) => {
        const {a, b} = call.inputs as {readonly a: Tensor; readonly b: Tensor};
        const transposes = call.attrs as unknown as {readonly transposeA: boolean; readonly transposeB: boolean};
        return engineOn() && isMatrix(a) && isMatrix(b) ? multiply({a, b, ...transposes}) : earlier(call);
      },
  );
}
