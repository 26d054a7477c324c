import assert from "node:assert";
import {SNASNET_NEURON} from "../../src/graphs/neuron.js";
import {kernelReport, normalisedSum, spiking, useBackend} from "../../src/kernels/index.js";
import {memory, ones, type Tensor, tensor, tidy} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {evaluate, normal} from "./compare.js";

describe("kernels replaced in tfjs's wasm backend", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  it("multiply matrices, transposed or not, of any size, as the cpu backend does, and give the gradients of all", async () => {
    for (const [tA, tB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const)
      for (const [pairs, M, R, S] of [
        [[], 3, 5, 7],
        [[], 1, 1, 8],
        [[], 9, 261, 18],
        [[], 6, 512, 3],
        [[1], 5, 4, 9],
        [[2], 3, 5, 7],
      ] as const) {
        const inputs = [normal([...pairs, ...(tA ? [R, M] : [M, R])]), normal([...pairs, ...(tB ? [S, R] : [R, S])])];
        const weights = [normal([...pairs, M, S])];
        const f = (a: Tensor, b: Tensor): Tensor[] => [a.matMul(b, tA, tB)];
        const [actual, expected] = [
          await evaluate("wasm", f, inputs, weights),
          await evaluate("cpu", f, inputs, weights),
        ];
        assertClose(actual.outputs[0]!, expected.outputs[0]!, {rtol: 1e-5, scale: "max"});
        actual.gradients.forEach((g, i) => assertClose(g, expected.gradients[i]!, {rtol: 1e-5, scale: "max"}));
      }
  });

  it("split along the first axis and along any other, into equal parts or given sizes", async () => {
    for (const [parts, axis] of [
      [3, 0],
      [[1, 4, 1], 0],
      [[2, -1], 0],
      [2, 1],
      [[3, 1], -2],
    ] as const) {
      const f = (a: Tensor): Tensor[] => a.split(parts as number | number[], axis);
      const inputs = [normal([6, 4, 5])];
      const weights = tidy(() => f(ones([6, 4, 5])).map(({shape}) => shape)).map((shape) => normal(shape));
      const actual = await evaluate("wasm", f, inputs, weights);
      const expected = await evaluate("cpu", f, inputs, weights);
      actual.outputs.forEach((y, i) => assert.deepStrictEqual(y, expected.outputs[i]));
      assertClose(actual.gradients[0]!, expected.gradients[0]!);
    }
  });

  it("tile along the first axis and along any other", async () => {
    for (const reps of [
      [3, 1, 1],
      [1, 2, 1],
      [2, 1, 3],
    ]) {
      const inputs = [normal([2, 3, 4])];
      const weights = [normal([2 * reps[0]!, 3 * reps[1]!, 4 * reps[2]!])];
      const f = (a: Tensor): Tensor[] => [a.tile(reps)];
      const [actual, expected] = [
        await evaluate("wasm", f, inputs, weights),
        await evaluate("cpu", f, inputs, weights),
      ];
      assert.deepStrictEqual(actual.outputs, expected.outputs);
      assertClose(actual.gradients[0]!, expected.gradients[0]!);
    }
  });

  it("add the gradients of what several operations read, where they share values too, and free all but the sum", async () => {
    const consumers = [{kind: "pool", p: 1}] as const;
    const f = (x: Tensor): Tensor[] => {
      const clone = x.clone();
      const first = normalisedSum([], [x, clone, x]).value; // its gradients share their values
      const again = () => spiking({x: clone, spec: SNASNET_NEURON, T: 2, consumers}).outputs[0]!;
      return [first, again(), again(), spiking({x, spec: SNASNET_NEURON, T: 2, consumers}).outputs[0]!];
    };
    const shape = [4, 3, 3, 5];
    const [inputs, weights] = [[normal(shape, 0.8)], Array.from({length: 4}, () => normal(shape))];
    const actual = await evaluate("wasm", f, inputs, weights);
    const {numTensors, numDataBuffers} = memory();
    await evaluate("wasm", f, inputs, weights);
    assert.deepStrictEqual([memory().numTensors, memory().numDataBuffers], [numTensors, numDataBuffers]);
    const expected = await evaluate("cpu", f, inputs, weights);
    assertClose(actual.gradients[0]!, expected.gradients[0]!, {rtol: 1e-5, scale: "max"});
  });

  it("clone without a copy, and a clone outlives its original", async () => {
    await useBackend("wasm");
    const before = memory();
    const x = tensor([1, 2, 3]);
    const y = x.clone();
    assert.strictEqual(memory().numDataBuffers, before.numDataBuffers + 1);
    x.dispose();
    tensor([7, 7, 7]).dispose();
    const other = tensor([9, 9, 9]);
    assert.deepStrictEqual(Array.from(y.dataSync()), [1, 2, 3]);
    y.dispose();
    other.dispose();
    assert.strictEqual(memory().numTensors, before.numTensors);
    assert.strictEqual(memory().numDataBuffers, before.numDataBuffers);
  });
});
