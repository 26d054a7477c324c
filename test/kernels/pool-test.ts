import assert from "node:assert";
import {avgPool as windows, avgPool3 as kernel, kernelReport, useBackend} from "../../src/kernels/index.js";
import {avgPool as windowDefinition, avgPool3 as definition} from "../../src/layers/pool.js";
import {memory, ones, type Tensor, type Tensor4D, tidy, valueAndGrad} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {evaluate, normal} from "./compare.js";

describe("kernels/pool", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  it("averages 3x3 neighbourhoods as the definition does, forwards and backwards, on maps of any size", async () => {
    for (const shape of [
      [1, 1, 1, 1],
      [2, 1, 5, 3],
      [3, 4, 1, 16],
      [2, 5, 7, 13],
      [1, 8, 8, 4],
    ]) {
      const [inputs, weights] = [[normal(shape)], [normal(shape)]];
      const actual = await evaluate("wasm", (x: Tensor) => [kernel(x as Tensor4D)], inputs, weights);
      const expected = await evaluate("cpu", (x: Tensor) => [definition(x as Tensor4D)], inputs, weights);
      assertClose(actual.outputs[0]!, expected.outputs[0]!, {what: shape.join()});
      assertClose(actual.gradients[0]!, expected.gradients[0]!, {what: `gradient of ${shape.join()}`});
    }
  });

  it("averages windows as the definition does, forwards and backwards, remainders at the borders left out", async () => {
    for (const [shape, p] of [
      [[1, 2, 2, 1], 2],
      [[2, 5, 7, 3], 2],
      [[3, 6, 9, 5], 3],
      [[2, 8, 8, 16], 4],
      [[1, 4, 4, 7], 1],
      [[2, 9, 4, 18], 4],
    ] as const) {
      const side = (n: number): number => Math.floor(n / p);
      const weights = [normal([shape[0], side(shape[1]), side(shape[2]), shape[3]])];
      const inputs = [normal([...shape])];
      const actual = await evaluate("wasm", (x: Tensor) => [windows(x as Tensor4D, p)], inputs, weights);
      const expected = await evaluate("cpu", (x: Tensor) => [windowDefinition(x as Tensor4D, p)], inputs, weights);
      assertClose(actual.outputs[0]!, expected.outputs[0]!, {what: `${shape.join()} by ${p}`});
      assertClose(actual.gradients[0]!, expected.gradients[0]!, {what: `gradient of ${shape.join()} by ${p}`});
    }
  });

  it("leaves no tensors behind", async () => {
    await useBackend("wasm");
    const x = ones([1, 3, 3, 2]);
    const step = (): void =>
      tidy(
        () =>
          void valueAndGrad((y: Tensor) =>
            kernel(y as Tensor4D)
              .square()
              .sum(),
          )(x),
      );
    step();
    const {numTensors} = memory();
    for (let i = 0; i < 50; ++i) step();
    assert.strictEqual(memory().numTensors, numTensors);
    x.dispose();
  });
});
