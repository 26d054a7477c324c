import {
  batchNormEvaluate as evaluation,
  batchNormTrain as kernel,
  kernelReport,
  useBackend,
} from "../../src/kernels/index.js";
import {batchNormEvaluate as evaluationDefinition, batchNormTrain as definition} from "../../src/layers/batchNorm.js";
import {memory, ones, type Tensor, type Tensor1D, type Tensor3D, tidy, variableGrads, variable} from "../../src/tf.js";
import assert from "node:assert";
import {assertClose} from "../assert.js";
import {evaluate, normal} from "./compare.js";

type Function = typeof definition;
const run =
  (f: Function) =>
  (x: Tensor, gamma: Tensor, beta: Tensor): Tensor[] => {
    const {y, mean, variance} = f(x as Tensor3D, gamma as Tensor1D, beta as Tensor1D);
    return [y, mean, variance];
  };

describe("kernels/batchNorm", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  it("equals the definition in values and gradients, for any number of groups, rows and channels", async () => {
    for (const [G, N, C] of [
      [1, 1, 1],
      [2, 7, 3],
      [3, 130, 16],
      [2, 257, 13],
      [5, 64, 20],
      [1, 300, 40],
    ] as const) {
      const inputs = [normal([G, N, C], 3, 2), normal([C], 1, 0.5), normal([C])];
      const weights = [normal([G, N, C])];
      const actual = await evaluate("wasm", run(kernel), inputs, weights);
      const expected = await evaluate("cpu", run(definition), inputs, weights);
      const what = `[${G}, ${N}, ${C}]`;
      actual.outputs.forEach((o, i) => assertClose(o, expected.outputs[i]!, {rtol: 2e-5, atol: 2e-5, what}));
      // A single row has variance 0: its gradients are differences of equal numbers times 1/√ε.
      const atol = N === 1 ? 1e-3 : 1e-5;
      actual.gradients.forEach((g, i) =>
        assertClose(g, expected.gradients[i]!, {rtol: 1e-4, atol, scale: "max", what: `${what} gradient ${i}`}),
      );
    }
  });

  it("keeps its accuracy where the mean is a thousand times the deviation", async () => {
    const inputs = [normal([1, 4096, 4], 1000, 1), normal([4], 1, 0), normal([4], 0, 0)];
    const {outputs} = await evaluate("wasm", run(kernel), inputs, [normal([1, 4096, 4])]);
    const x = inputs[0]!.values;
    for (let c = 0; c < 4; ++c) {
      const column = Array.from({length: 4096}, (_, i) => x[4 * i + c]!);
      const mean = column.reduce((a, b) => a + b) / 4096;
      const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / 4096;
      assertClose(outputs[1]![c]!, mean, {rtol: 1e-7});
      assertClose(outputs[2]![c]!, variance, {rtol: 1e-5});
    }
  });

  it("applies statistics that are given as the definition does, gradients included", async () => {
    for (const [N, C] of [
      [1, 1],
      [130, 16],
      [9, 13],
    ] as const) {
      const positive = normal([C]);
      const variance = {...positive, values: positive.values.map((v) => v * v + 0.1)};
      const inputs = [normal([N, 1, C], 3, 2), normal([C], 1, 0.5), normal([C]), normal([C]), variance];
      const run =
        (f: typeof evaluation) =>
        (...[x, ...rest]: Tensor[]): Tensor[] => [f(x!, ...(rest as [Tensor1D, Tensor1D, Tensor1D, Tensor1D]))];
      const weights = [normal([N, 1, C])];
      const actual = await evaluate("wasm", run(evaluation), inputs, weights);
      const expected = await evaluate("cpu", run(evaluationDefinition), inputs, weights);
      assertClose(actual.outputs[0]!, expected.outputs[0]!);
      actual.gradients.forEach((g, i) =>
        assertClose(g, expected.gradients[i]!, {rtol: 1e-4, scale: "max", what: `gradient ${i}`}),
      );
    }
  });

  it("leaves no tensors behind", async () => {
    await useBackend("wasm");
    const gamma = variable(ones([5])) as unknown as Tensor1D;
    const step = (): void =>
      tidy(() => {
        const loss = (): Tensor =>
          kernel(ones([2, 9, 5]) as Tensor3D, gamma, gamma)
            .y.square()
            .sum();
        variableGrads(loss as never);
      });
    step();
    const {numTensors} = memory();
    for (let i = 0; i < 50; ++i) step();
    assert.strictEqual(memory().numTensors, numTensors);
    gamma.dispose();
  });
});
