import assert from "node:assert";
import {conv2d as kernel, kernelReport, useBackend} from "../../src/kernels/index.js";
import {conv2d as definition} from "../../src/layers/conv2d.js";
import {memory, ones, type Tensor, type Tensor4D, tidy, valueAndGrads} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {bits, evaluate, normal} from "./compare.js";

const applied =
  (f: typeof definition, stride: 1 | 2, options: object = {}) =>
  (x: Tensor, w: Tensor): Tensor[] => [(f as typeof kernel)(x as Tensor4D, w as Tensor4D, stride, options)];

/** Kernel and definition on x, with both gradients. */
async function agree(x: ReturnType<typeof bits>, k: number, Co: number, stride: 1 | 2, spikes: boolean): Promise<void> {
  const [N, H, W, Ci] = x.shape as [number, number, number, number];
  const inputs = [x, normal([k, k, Ci, Co])];
  const weights = [normal([N, Math.ceil(H / stride), Math.ceil(W / stride), Co])];
  const actual = await evaluate("wasm", applied(kernel, stride, {spikes}), inputs, weights);
  const expected = await evaluate("cpu", applied(definition, stride), inputs, weights);
  const what = `x [${x.shape.join()}], k=${k}, Cout=${Co}, stride ${stride}, ${spikes ? "spikes" : "dense"}`;
  assertClose(actual.outputs[0]!, expected.outputs[0]!, {rtol: 2e-5, scale: "max", what});
  assertClose(actual.gradients[0]!, expected.gradients[0]!, {rtol: 2e-5, scale: "max", what: `dx of ${what}`});
  assertClose(actual.gradients[1]!, expected.gradients[1]!, {rtol: 2e-5, scale: "max", what: `dw of ${what}`});
}

describe("kernels/conv2d", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  it("equals the definition for every kernel size and stride, on maps smaller than the kernel too", async () => {
    for (const k of [1, 3, 5, 7, 9, 11])
      for (const stride of [1, 2] as const)
        for (const [H, W] of [
          [6, 5],
          [1, 3],
        ] as const) {
          await agree(bits([2, H, W, 8], 0.2), k, 16, stride, true);
          await agree(normal([2, H, W, 3]), k, 6, stride, false);
        }
  });

  it("equals the definition for any number of channels, by windows, events or densely", async () => {
    for (const [Ci, Co] of [
      [1, 1],
      [3, 16],
      [8, 16],
      [16, 16],
      [24, 48],
      [13, 32],
      [33, 32],
      [40, 64],
      [5, 7],
      [64, 20],
    ] as const)
      for (const stride of [1, 2] as const) {
        await agree(bits([1, 3, 5, Ci], 0.3), 3, Co, stride, true);
        await agree(normal([1, 3, 5, Ci]), 3, Co, stride, false);
      }
  });

  it("equals the definition at every rate of spikes, from none to all", async () => {
    for (const rate of [0, 0.05, 0.5, 1])
      for (const C of [16, 32]) await agree(bits([2, 4, 5, C], rate), 3, C, 1, true);
  });

  it("trains without the engine as well", async () => {
    for (const stride of [1, 2] as const)
      for (const k of [1, 3, 5]) {
        const inputs = [normal([2, 7, 6, 3]), normal([k, k, 3, 4])];
        const weights = [normal([2, Math.ceil(7 / stride), Math.ceil(6 / stride), 4])];
        const actual = await evaluate("wasm", applied(definition, stride), inputs, weights);
        const expected = await evaluate("cpu", applied(definition, stride), inputs, weights);
        actual.gradients.forEach((g, i) => assertClose(g, expected.gradients[i]!, {rtol: 2e-5, scale: "max"}));
      }
  });

  it("survives the growth of memory during a call", async () => {
    await useBackend("wasm");
    const [x, w] = [ones([1, 8, 8, 16]) as Tensor4D, ones([3, 3, 16, 16]) as Tensor4D];
    const small = kernel(x, w, 1, {spikes: true});
    const large = ones([256, 32, 32, 16]) as Tensor4D; // 17 MB, then as much again for the result
    const y = kernel(large, w, 1, {spikes: true});
    assert.strictEqual((await y.slice([255, 5, 5, 3], [1, 1, 1, 1]).data())[0], 144);
    assert.strictEqual((await small.slice([0, 5, 5, 3], [1, 1, 1, 1]).data())[0], 144);
    for (const t of [x, w, small, large, y]) t.dispose();
  });

  it("leaves no tensors behind", async () => {
    await useBackend("wasm");
    const [x, w] = [ones([2, 6, 6, 16]), ones([3, 3, 16, 16])];
    const step = (stride: 1 | 2): void =>
      tidy(() => {
        const loss = (a: Tensor, b: Tensor): Tensor =>
          kernel(a as Tensor4D, b as Tensor4D, stride, {spikes: true}).sum();
        valueAndGrads(loss)([x, w]);
      });
    step(1);
    const {numTensors} = memory();
    for (let i = 0; i < 50; ++i) step(i % 2 ? 1 : 2);
    assert.strictEqual(memory().numTensors, numTensors);
    for (const t of [x, w]) t.dispose();
  });
});
