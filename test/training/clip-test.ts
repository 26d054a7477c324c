// Expected values: lengths of right triangles, and a step of plain SGD, which moves parameters by η·g.

import assert from "node:assert";
import {graphOf} from "../../src/architectures/description.js";
import {useBackend} from "../../src/kernels/index.js";
import {memory, tensor1d, tidy} from "../../src/tf.js";
import {clipped, lengthOf} from "../../src/training/clip.js";
import {planOf} from "../../src/training/plan.js";
import {recipe} from "../../src/training/recipe.js";
import {startTeam} from "../../src/training/threads.js";
import {endTraining, startTraining} from "../../src/training/training.js";
import {takeStep} from "../../src/training/trainStep.js";
import {randomKey} from "../../src/random.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise, tinyArchitecture} from "../tiny.js";

describe("clipped gradients", () => {
  onEachBackend(() => {
    const gradients = () => ({a: tensor1d([3, 0]), b: tensor1d([-4])});

    it("are shortened together, to the length that is asked for", () => {
      const short = clipped(gradients(), 2);
      assertClose(short.a!.dataSync(), [1.2, 0]);
      assertClose(short.b!.dataSync(), [-1.6]);
    });

    it("stay the same tensors where they are short enough, or nothing bounds them", () => {
      const given = gradients();
      assert.strictEqual(clipped(given, 5), given);
      assert.strictEqual(clipped(given, undefined), given);
    });

    it("that are no numbers stay so", () => assert.ok(Number.isNaN(clipped({a: tensor1d([NaN])}, 1).a!.dataSync()[0])));
  });
});

describe("a step with a clip norm", () => {
  before(() => useBackend("wasm"));

  it("moves the parameters of a group by its learning rate times that at the most, and others as before", async () => {
    const graph = graphOf(tinyArchitecture());
    const groups = [{roles: ["linear"] as const, clipNorm: 0.01, learningRate: 0.5}];
    const plain = {optimiser: "sgd", weightDecay: 0, schedule: "constant", learningRate: 1} as const;
    const r = recipe({batchSize: 4, ...plain, groups});
    const moved = async (step: typeof r) => {
      const key = randomKey(1);
      const training = startTraining(graph, planOf(step, {graph}, {images: 4}), {recipe: step, key});
      const start = startTraining(graph, training.plan, {recipe: step, key}).network;
      const batches = {same: {x: noise(4), labels: tensor1d([0, 1, 2, 3], "int32")}, other: undefined};
      const before = memory().numTensors;
      await takeStep(training, {team: startTeam(1), shards: 1, step: 0, dropout: key, batches});
      assert.strictEqual(memory().numTensors, before);
      endTraining(training);
      return (roles: RegExp) =>
        tidy(() => {
          const names = Object.keys(start.parameters).filter((name) => roles.test(name));
          const by = names.map(
            (name) => [name, training.network.parameters[name]!.sub(start.parameters[name]!)] as const,
          );
          return lengthOf(Object.fromEntries(by));
        });
    };
    const [bounded, free] = [await moved(r), await moved(recipe({batchSize: 4, ...plain}))];
    assertClose(bounded(/weight$/), 0.005, {rtol: 1e-4});
    assert.ok(free(/weight$/) > 0.01);
    assertClose(bounded(/conv$|gamma$|beta$|bias$/), free(/conv$|gamma$|beta$|bias$/));
  });
});
