import assert from "node:assert";
import {SNASNET_NEURON, type NeuronSpec, SURROGATE_DEFAULTS} from "../../src/graphs/neuron.js";
import {kernelReport, neuron, spikesOverTime, useBackend} from "../../src/kernels/index.js";
import {memory, ones, type Tensor, tidy, valueAndGrad} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {evaluate, normal} from "./compare.js";

const fused =
  (spec: NeuronSpec) =>
  (x: Tensor, v: Tensor): Tensor[] => {
    const {s, last} = spikesOverTime(x, spec, {state: {v}});
    return [s, last.v!];
  };
const defined =
  (spec: NeuronSpec) =>
  (x: Tensor, v: Tensor): Tensor[] => {
    const all = neuron(x, spec, {state: {v}});
    return [all.s, all.v.slice([x.shape[0] - 1]).squeeze([0])];
  };

describe("kernels/neuron", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  it("equals the definition in spikes, last potential and gradients, for every model, reset and surrogate", async () => {
    let length = 1;
    for (const surrogate of Object.values(SURROGATE_DEFAULTS))
      for (const model of ["lif", "if"] as const)
        for (const reset of ["hard", "soft"] as const)
          for (const decayInput of model === "if" ? [true] : [true, false])
            for (const detachReset of [true, false]) {
              const spec: NeuronSpec = {model, tau: 2, threshold: 0.7, reset, decayInput, detachReset, surrogate};
              const [T, n] = [1 + (length % 6), length++];
              const inputs = [normal([T, n, 1], 0.5, 1), normal([n, 1], 0.2, 0.5)];
              const weights = [normal([T, n, 1]), normal([n, 1])];
              const actual = await evaluate("wasm", fused(spec), inputs, weights);
              const expected = await evaluate("cpu", defined(spec), inputs, weights);
              const what = `T=${T}, n=${n}, ${JSON.stringify(spec)}`;
              assert.deepStrictEqual(actual.outputs[0], expected.outputs[0], what);
              assertClose(actual.outputs[1]!, expected.outputs[1]!, {what});
              actual.gradients.forEach((g, i) =>
                assertClose(g, expected.gradients[i]!, {rtol: 1e-5, atol: 1e-5, what: `${what} gradient ${i}`}),
              );
            }
  });

  it("starts from zero unless told, and goes through blocks of any length", async () => {
    for (const n of [511, 512, 513, 1031]) {
      const inputs = [normal([3, n], 0.7, 1)];
      const weights = [normal([3, n]), normal([n])];
      const f = (x: Tensor): Tensor[] => {
        const {s, last} = spikesOverTime(x, SNASNET_NEURON);
        return [s, last.v!];
      };
      const actual = await evaluate("wasm", f, inputs, weights);
      const expected = await evaluate("cpu", f, inputs, weights);
      assert.deepStrictEqual(actual.outputs[0], expected.outputs[0]);
      assertClose(actual.gradients[0]!, expected.gradients[0]!, {what: `n=${n}`});
    }
  });

  it("T₁ then T₂ timesteps are T₁ + T₂, gradients included", async () => {
    const inputs = [normal([5, 33], 0.7, 1)];
    const weights = [normal([5, 33])];
    const whole = (x: Tensor): Tensor[] => [spikesOverTime(x, SNASNET_NEURON).s];
    const split = (x: Tensor): Tensor[] => {
      const first = spikesOverTime(x.slice([0], [2]), SNASNET_NEURON);
      return [first.s.concat(spikesOverTime(x.slice([2]), SNASNET_NEURON, {state: first.last}).s, 0)];
    };
    const actual = await evaluate("wasm", split, inputs, weights);
    const expected = await evaluate("wasm", whole, inputs, weights);
    assert.deepStrictEqual(actual.outputs, expected.outputs);
    assertClose(actual.gradients[0]!, expected.gradients[0]!);
  });

  it("leaves no tensors behind", async () => {
    await useBackend("wasm");
    const x = ones([3, 10]);
    const step = (): void => tidy(() => void valueAndGrad((y: Tensor) => spikesOverTime(y, SNASNET_NEURON).s.sum())(x));
    step();
    const {numTensors} = memory();
    for (let i = 0; i < 50; ++i) step();
    assert.strictEqual(memory().numTensors, numTensors);
    x.dispose();
  });
});
