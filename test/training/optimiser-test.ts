// Expected values: torch.optim.SGD and AdamW under torch.optim.lr_scheduler, PyTorch 2.15 in float64 (test/golden/README.md).

import {readFileSync} from "node:fs";
import {join} from "node:path";
import {packageRoot} from "../../src/root.js";
import {memory, type Tensor, tensor1d} from "../../src/tf.js";
import {adam, optimiserOf} from "../../src/training/optimiser.js";
import {learningRateAt, type Schedule} from "../../src/training/schedule.js";
import {initOptimiser, updateParameters} from "../../src/training/update.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import assert from "node:assert";

type Golden = {
  steps: number;
  stepsPerEpoch: number;
  learningRate: number;
  initial: number[];
  gradients: number[][];
  trainings: {
    optimiser: string;
    weightDecay: number;
    schedule: Omit<Schedule, "learningRate">;
    rates: number[];
    parameters: number[][];
  }[];
};
const golden = (
  JSON.parse(readFileSync(join(packageRoot, "test/golden/training.json"), "utf8")) as {optimisers: Golden}
).optimisers;
const {steps, stepsPerEpoch, learningRate, initial, gradients, trainings} = golden;

const titleOf = ({schedule: s, weightDecay}: Golden["trainings"][number]): string =>
  `${s.schedule}${s.warmupSteps ? `, ${s.warmupSteps} warm-up steps` : ""}, weight decay ${weightDecay}`;

describe("optimisers and schedules equal PyTorch's", () => {
  onEachBackend(() => {
    for (const training of trainings)
      it(`${training.optimiser}: ${titleOf(training)}`, () => {
        const spec = optimiserOf(training.optimiser, training.weightDecay);
        let parameters: Readonly<Record<string, Tensor>> = {p: tensor1d(initial)};
        let state = initOptimiser(spec, parameters);
        for (const [step, gradient] of gradients.entries()) {
          const rate = learningRateAt({step, steps, stepsPerEpoch}, {learningRate, ...training.schedule});
          assertClose(rate, training.rates[step]!, {rtol: 1e-8, what: `rate of step ${step}`});
          ({parameters, state} = updateParameters(spec, state, parameters, {p: tensor1d(gradient)}, rate));
          assertClose(parameters.p!.dataSync(), training.parameters[step]!, {what: `p after step ${step}`});
        }
        assert.strictEqual(state.step, gradients.length);
      });

    it("free what they replace", () => {
      const before = memory().numTensors;
      const parameters = {p: tensor1d([1, 2])};
      const state = initOptimiser(adam(), parameters);
      const gradient = tensor1d([1, 1]);
      updateParameters(adam(), state, parameters, {p: gradient}, 0.1);
      assert.strictEqual(memory().numTensors - before, 4); // p, two moments, the gradient
    });
  });
});

describe("a schedule", () => {
  it("is half a cosine over all steps where nothing else is said", () => {
    const rate = (step: number) =>
      learningRateAt({step, steps: 100, stepsPerEpoch: 10}, {learningRate: 1, finalRate: 0.1});
    assertClose([0, 50, 100].map(rate), [1, 0.55, 0.1]);
    assertClose(rate(25), 0.1 + 0.45 * (1 + Math.SQRT1_2));
  });
});
