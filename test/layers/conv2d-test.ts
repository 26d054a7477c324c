import assert from "node:assert";
import {conv2d} from "../../src/layers/conv2d.js";
import {random, randomKey} from "../../src/random.js";
import {grad, type Tensor, tensor4d, type Tensor4D} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";
import {convolve, linearGradient, type Map4} from "./naive.js";

const draw = (name: string, shape: Map4["shape"]): Map4 => {
  const stream = random(randomKey(5, name));
  return {shape, data: Array.from({length: shape.reduce((a, b) => a * b)}, () => Math.fround(stream.normal()))};
};
const asTensor = ({shape, data}: Map4): Tensor4D => tensor4d([...data], [...shape]);

describe("convolution", () => {
  onEachBackend((backend) => {
    for (const k of [1, 3, 5, 7, 9])
      for (const stride of [1, 2] as const)
        for (const [H, W] of [
          [8, 8],
          [7, 5],
          [9, 6],
        ] as const) {
          const [x, w] = [draw("x", [2, H, W, 3]), draw("w", [k, k, 3, 4])];

          it(`${k}x${k} at stride ${stride} on ${H}x${W} equals the plain loop`, () => {
            const expected = convolve(x, w, stride);
            const actual = conv2d(asTensor(x), asTensor(w), stride);
            assert.deepStrictEqual(actual.shape, [2, Math.ceil(H / stride), Math.ceil(W / stride), 4]);
            assertClose(actual.dataSync(), expected.data, {scale: "max"});
          });
        }

    // wasm's gradient kernels belong to `kernels`
    if (backend !== "wasm")
      for (const k of [1, 3, 5])
        for (const stride of [1, 2] as const)
          it(`${k}x${k} at stride ${stride}: gradients by x and w are the transposed loops`, () => {
            const [x, w] = [draw("x", [1, 5, 6, 2]), draw("w", [k, k, 2, 2])];
            const {shape, data} = draw("dy", convolve(x, w, stride).shape);
            const dy = tensor4d([...data], [...shape]);
            const byX = grad((v: Tensor) => conv2d(v as Tensor4D, asTensor(w), stride).mul(dy))(asTensor(x));
            assertClose(
              byX.dataSync(),
              linearGradient(x, (v) => convolve(v, w, stride), data),
              {scale: "max"},
            );
            const byW = grad((v: Tensor) => conv2d(asTensor(x), v as Tensor4D, stride).mul(dy))(asTensor(w));
            assertClose(
              byW.dataSync(),
              linearGradient(w, (v) => convolve(x, v, stride), data),
              {scale: "max"},
            );
          });

    it("3x3 ones at stride 2 on 1 … 9 have the hand-computed corner sums", () => {
      const x = tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
      const ones = tensor4d(Array<number>(9).fill(1), [3, 3, 1, 1]);
      assertClose(conv2d(x, ones, 2).dataSync(), [12, 16, 24, 28]);
    });

    it("leaves only its result behind", () => {
      const [x, w] = [asTensor(draw("x", [1, 4, 4, 1])), asTensor(draw("w", [3, 3, 1, 1]))];
      assertTensors(1, () => conv2d(x, w));
      assertTensors(1, () => conv2d(x, w, 2));
    });
  });
});
