// Run as a program of its own (a broken library can take its process down): starts native TensorFlow and compares real operations
// with known values. Prints one JSON line.

import {BINDING} from "./places.js";
import {conv2d, matMul, ones, probeNative, switchBackend, tensor2d, type Tensor4D} from "../tf.js";

/** What is wrong with the backend, or undefined. */
async function wrong(): Promise<string | undefined> {
  await switchBackend("tensorflow");
  const product = await matMul(tensor2d([[1, 2], [3, 4]]), tensor2d([[5, 6], [7, 8]])).data(); // prettier-ignore
  if (String([...product]) !== "19,22,43,50") return `matMul gives ${[...product].join(" ")} instead of 19 22 43 50`;
  // A 3x3 map of ones under a 3x3 kernel of ones: each output counts the neighbours that exist.
  const counts = await conv2d(ones([1, 3, 3, 1]) as Tensor4D, ones([3, 3, 1, 1]) as Tensor4D, 1, "same").data();
  if (String([...counts]) !== "4,6,4,6,9,6,4,6,4")
    return `conv2d gives ${[...counts].join(" ")} instead of 4 6 4 6 9 6 4 6 4`;
  return undefined;
}

const why = await wrong().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
console.log(JSON.stringify({package: BINDING, works: why === undefined, gpu: probeNative().gpu, why: why ?? ""}));
process.exit(0);
