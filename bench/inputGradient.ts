// The gradient of convolutions' input, ours against tfjs's dense convolution: effective 10⁹ products a second, the
// definition's products counted whatever is computed.
//
//   node build/bench/inputGradient.js [kernel sizes, 1,3,5,7] [channels, 16,64,128] [map sides, 32,16]

import {inputGradientSum} from "../src/kernels/inputGradient.js";
import {conv2d as definition} from "../src/layers/conv2d.js";
import {startBackend} from "../src/kernels/index.js";
import {randomNormal, reverse, type Tensor4D, tidy, transpose} from "../src/tf.js";

const numbers = (list: string): number[] => list.split(",").map(Number);
const [ks = "1,3,5,7", channels = "16,64,128", sides = "32,16"] = process.argv.slice(2);
const REPEATS = 7;
/** Milliseconds of calls before the first that counts: a kernel runs in its optimised form only after a while. */
const WARM_UP = 300;

const {name} = await startBackend();
if (name !== "wasm") throw new Error(`the backend is ${name}; SPIKEBOOK_BACKEND=wasm is what this measures`);

/** Least seconds of each function, taken in turns. */
function least(functions: readonly (() => Tensor4D)[]): number[] {
  const best = functions.map(() => Infinity);
  for (const start = performance.now(); performance.now() - start < WARM_UP; ) functions.forEach((f) => f().dispose());
  for (let i = 0; i < REPEATS; ++i)
    functions.forEach((f, j) => {
      const start = performance.now();
      f().dispose();
      best[j] = Math.min(best[j]!, (performance.now() - start) / 1000);
    });
  return best;
}

console.log("  k    C    map  images   edges   ours  dense  ratio   |dx − dense| / max");
for (const k of numbers(ks))
  for (const C of numbers(channels))
    for (const side of numbers(sides)) {
      const images = Math.max(4, Math.ceil(160 / (side / 16) ** 2 / (C / 16)));
      const shape: [number, number, number, number] = [images, side, side, C];
      for (const count of [1, 3]) {
        const edges = Array.from({length: count}, (_, i) => ({
          dy: randomNormal(shape, 0, 1, "float32", i + 1) as Tensor4D,
          w: randomNormal([k, k, C, C], 0, 1, "float32", i + 9) as Tensor4D,
        }));
        const dense = (): Tensor4D =>
          tidy(() =>
            edges
              .map(({dy, w}) => definition(dy, transpose(reverse(w, [0, 1]), [0, 1, 3, 2])))
              .reduce((a, b) => a.add(b)),
          );
        const ours = (): Tensor4D => inputGradientSum(edges, shape, 1);
        const error = tidy(() => {
          const expected = dense();
          return ours().sub(expected).abs().max().div(expected.abs().max()).dataSync()[0]!;
        });
        const macs = count * images * side * side * k * k * C * C;
        const [a, b] = least([ours, dense]).map((seconds) => macs / seconds / 1e9);
        console.log(
          [k, C, `${side}x${side}`, images, count, a!.toFixed(1), b!.toFixed(1), (a! / b!).toFixed(1)]
            .map((value, i) => String(value).padStart([3, 5, 7, 8, 8, 7, 7, 7][i]!))
            .join("") + `   ${error.toExponential(1)}`,
        );
        for (const {dy, w} of edges) [dy, w].forEach((t) => t.dispose());
      }
    }
