import assert from "node:assert";
import {hammingDistances, kernelReport, useBackend, withSpikeTrain} from "../../src/kernels/index.js";
import {hammingDistances as definition} from "../../src/layers/hamming.js";
import {random, randomKey} from "../../src/random.js";
import {type Tensor, tensor, type Tensor3D, tidy} from "../../src/tf.js";
import {assertTensors, onEachBackend} from "../backends.js";

const stream = random(randomKey(3, "hamming"));
type Case = {readonly shape: readonly number[]; readonly T: number; readonly x: Float32Array};

/** Spikes of `shape` [T·B, ..., C] at the rate `density`. */
const draw = (shape: readonly number[], T: number, density: number): Case => ({
  ...{shape, T},
  x: Float32Array.from({length: shape.reduce((a, b) => a * b, 1)}, () => Number(stream.uniform() < density)),
});

type Numbers = {distances: number[]; counts: number[]};
const read = ({distances, counts}: {distances: Tensor; counts: Tensor}): Numbers => ({
  distances: [...distances.dataSync()],
  counts: [...counts.dataSync()],
});

/** As `onSpikes` receives them. */
function counted({shape, T, x}: Case): Numbers {
  let found: Numbers | undefined;
  tidy(() => withSpikeTrain(tensor(x, [...shape]), T, (train) => (found = read(hammingDistances(train)))));
  return found!;
}

/** Compared neuron by neuron. */
function compared({shape, T, x}: Case): Numbers {
  const B = shape[0]! / T;
  const N = x.length / shape[0]!;
  const result: Numbers = {distances: [], counts: []};
  for (let t = 0; t < T; ++t)
    for (let i = 0; i < B; ++i) {
      const row = (k: number): Float32Array => x.subarray((t * B + k) * N, (t * B + k + 1) * N);
      result.counts.push(row(i).reduce((a, b) => a + b, 0));
      for (let j = 0; j < B; ++j) result.distances.push(row(i).reduce((n, s, k) => n + Number(s !== row(j)[k]), 0));
    }
  return result;
}

onEachBackend(() => {
  describe("kernels/hamming", () => {
    it("counts where patterns differ, on maps and linear layers of any size and density", () => {
      for (let round = 0; round < 60; ++round) {
        const [T, B] = [1 + stream.integer(4), 1 + stream.integer(7)];
        const C = stream.choice([1, 2, 3, 4, 5, 8, 9, 11, 16, 17, 31, 32, 33, 48, 64, 70]);
        const side = 1 + stream.integer(5);
        const shape = stream.uniform() < 0.3 ? [T * B, C] : [T * B, side, side, C];
        const one = draw(shape, T, stream.choice([0, 0.02, 0.1, 0.5, 0.97, 1]));
        assert.deepStrictEqual(counted(one), compared(one), `T=${T}, ${shape.join("x")}`);
      }
    });

    it("leaves no tensor behind", () => assertTensors(0, () => counted(draw([6, 4, 4, 3], 2, 0.3))));
  });
});

describe("the compiled Hamming distances", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  it("equal the definition on layers longer than a chunk, all firing included", () => {
    for (const [shape, T, density] of [
      [[2 * 9, 16, 16, 16], 2, 0.1],
      [[8, 24, 24, 33], 1, 1],
      [[3 * 4, 32, 32, 8], 3, 0.4],
      [[5, 1000], 1, 0.2],
      [[64, 13, 13, 3], 1, 0.15],
    ] as const) {
      const one = draw(shape, T, density);
      const expected = tidy(() => read(definition(tensor(one.x, [...shape]).reshape<Tensor3D>([T, shape[0] / T, -1]))));
      assert.deepStrictEqual(counted(one), expected, shape.join("x"));
    }
  });

  it("survive a growth of the memory during the call", () => {
    const one = draw([128, 32, 32, 32], 1, 0.1); // scratch of 16 MiB and more
    const {counts, distances} = counted(one);
    const B = 128;
    const N = 32 * 32 * 32;
    const [i, j] = [5, 77];
    let differing = 0;
    for (let k = 0; k < N; ++k) differing += Number(one.x[i * N + k] !== one.x[j * N + k]);
    assert.strictEqual(distances[i * B + j], differing);
    assert.strictEqual(counts.reduce((a, b) => a + b), one.x.reduce((a, b) => a + b)); // prettier-ignore
  });
});
