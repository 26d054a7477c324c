import assert from "node:assert";
import {avgPool, avgPool3, mostSpikesPool} from "../../src/layers/pool.js";
import {random, randomKey} from "../../src/random.js";
import {grad, type Tensor, tensor4d, type Tensor4D} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";
import {average, linearGradient, type Map4} from "./naive.js";

const draw = (name: string, shape: Map4["shape"]): Map4 => {
  const stream = random(randomKey(6, name));
  return {shape, data: Array.from({length: shape.reduce((a, b) => a * b)}, () => Math.fround(stream.normal()))};
};
const asTensor = ({shape, data}: Map4): Tensor4D => tensor4d([...data], [...shape]);

function assertPool(x: Map4, pool: (x: Tensor4D) => Tensor4D, naive: (x: Map4) => Map4): void {
  const expected = naive(x);
  const actual = pool(asTensor(x));
  assert.deepStrictEqual(actual.shape, expected.shape);
  assertClose(actual.dataSync(), expected.data);
  const dy = draw("dy", expected.shape);
  const gradient = grad((v: Tensor) => pool(v as Tensor4D).mul(asTensor(dy)))(asTensor(x));
  assertClose(gradient.dataSync(), linearGradient(x, naive, dy.data));
}

describe("average pooling", () => {
  onEachBackend(() => {
    for (const [H, W] of [
      [1, 1],
      [2, 3],
      [5, 5],
      [6, 4],
    ] as const)
      it(`3x3 at stride 1 on ${H}x${W} equals the plain loop, forwards and backwards`, () => {
        assertPool(draw("x", [2, H, W, 3]), avgPool3, (x) => average(x, 3, 1, 1));
      });

    it("3x3 counts the padding: ones give 4/9 in a corner, 6/9 on an edge, 1 inside", () => {
      const ones = tensor4d(Array<number>(9).fill(1), [1, 3, 3, 1]);
      assertClose(
        avgPool3(ones).dataSync(),
        [4, 6, 4, 6, 9, 6, 4, 6, 4].map((n) => n / 9),
      );
    });

    for (const [p, H, W] of [
      [1, 3, 3],
      [2, 4, 6],
      [2, 5, 7],
      [3, 6, 8],
      [4, 8, 8],
      [8, 8, 8],
    ] as const)
      it(`${p}x${p} windows on ${H}x${W} equal the plain loop, forwards and backwards`, () => {
        assertPool(
          draw("x", [2, H, W, 3]),
          (x) => avgPool(x, p),
          (x) => average(x, p, p, 0),
        );
      });

    it("leaves only its result behind", () => {
      const x = asTensor(draw("x", [1, 5, 5, 2]));
      assertTensors(1, () => avgPool3(x));
      assertTensors(1, () => avgPool(x, 2));
    });
  });
});

describe("pooling by counts of spikes", () => {
  onEachBackend(() => {
    it("passes on the spikes of the neuron in each window that has spiked most, the first of equal ones", () => {
      const [T, H, W, C, p] = [6, 5, 4, 2, 2];
      const stream = random(randomKey(3, "spikes"));
      const trains = Array.from({length: T}, () => Float32Array.from({length: H * W * C}, () => Number(stream.uniform() < 0.5))); // prettier-ignore
      const sums = new Float32Array(H * W * C);
      let counts: Tensor4D | undefined;
      for (const train of trains) {
        train.forEach((s, i) => (sums[i]! += s));
        const made = mostSpikesPool(tensor4d(train, [1, H, W, C]), p, counts);
        counts = made.counts;
        const expected: number[] = [];
        for (let y = 0; y + p <= H; y += p)
          for (let x = 0; x + p <= W; x += p)
            for (let c = 0; c < C; ++c) {
              const places = [0, 1, 2, 3].map((k) => ((y + (k >> 1)) * W + x + (k & 1)) * C + c);
              const winner = places.reduce((best, place) => (sums[place]! > sums[best]! ? place : best));
              expected.push(train[winner]!);
            }
        assert.deepStrictEqual([...made.y.dataSync()], expected);
      }
    });
  });
});
