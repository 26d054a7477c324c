// Expected values: the update rules worked by hand for one parameter and three steps, as torch.optim.SGD(lr=0.1, momentum=0.9,
// weight_decay=0.5) and torch.optim.AdamW(lr=0.1, weight_decay=0.5) define them.

import {adam, type OptimiserSpec, sgd} from "../../src/training/optimiser.js";
import {initOptimiser, updateParameters} from "../../src/training/update.js";
import {PAPER_RECIPE, recipe, SMALL_RECIPE} from "../../src/training/recipe.js";
import {learningRateAt} from "../../src/training/schedule.js";
import {memory, tensor1d} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import assert from "node:assert";

const GRADIENTS = [1, -2, 0.5];

function run(spec: OptimiserSpec): number[] {
  let parameters: Record<string, ReturnType<typeof tensor1d>> = {p: tensor1d([2])};
  let state = initOptimiser(spec, parameters);
  return GRADIENTS.map((g) => {
    const next = updateParameters(spec, state, parameters, {p: tensor1d([g])}, 0.1);
    parameters = next.parameters as typeof parameters;
    state = next.state;
    return parameters.p!.dataSync()[0]!;
  });
}

describe("optimisers", () => {
  onEachBackend(() => {
    it("sgd adds weight decay to the gradient and keeps momentum", () => {
      // m: 1 + 1 = 2; 1.8 − 2 + 0.9 = 0.7; 0.63 + 0.5 + 0.865 = 1.995
      assertClose(run(sgd({momentum: 0.9, weightDecay: 0.5})), [1.8, 1.73, 1.5305]);
    });

    it("adam decays weights apart from the gradient and corrects both moments' bias", () => {
      const [b1, b2] = [0.9, 0.999];
      let [p, m, v] = [2, 0, 0];
      const expected = GRADIENTS.map((g, i) => {
        p *= 1 - 0.1 * 0.5;
        m = b1 * m + (1 - b1) * g;
        v = b2 * v + (1 - b2) * g * g;
        return (p -= (0.1 * (m / (1 - b1 ** (i + 1)))) / (Math.sqrt(v / (1 - b2 ** (i + 1))) + 1e-8));
      });
      assertClose(expected[0]!, 1.8, {rtol: 1e-6}); // the first step is a whole learning rate: 2·0.95 − 0.1
      assertClose(run(adam({weightDecay: 0.5})), expected);
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

describe("recipes", () => {
  it("follow half a cosine", () => {
    const r = recipe({learningRate: 1, finalRate: 0.1});
    assertClose(
      [0, 50, 100].map((step) => learningRateAt({step, steps: 100, stepsPerEpoch: 10}, r)),
      [1, 0.55, 0.1],
    );
    assertClose(learningRateAt({step: 25, steps: 100, stepsPerEpoch: 10}, r), 0.1 + 0.45 * (1 + Math.SQRT1_2));
  });

  it("keep the paper's beside the one that starts", () => {
    assert.deepStrictEqual(
      [PAPER_RECIPE.optimiser, PAPER_RECIPE.learningRate, PAPER_RECIPE.epochs, PAPER_RECIPE.headInit],
      ["sgd", 0.1, 300, "paper"],
    );
    assert.strictEqual(SMALL_RECIPE.headInit, "unitVariance");
  });

  it("refuse what cannot be, naming it", () => {
    assert.throws(() => recipe({learningRate: NaN}), /invalid learning rate: NaN; expected a number > 0/);
    assert.throws(() => recipe({epochs: 1.5}), /invalid epochs: 1.5; expected an integer >= 0/);
    assert.throws(() => recipe({epoch: 3} as never), /unknown recipe option: epoch; expected epochs/);
    assert.throws(() => recipe({optimiser: "rmsprop" as never}), /unknown optimiser: rmsprop; expected adam or sgd/);
  });
});
