// Groups of parameters and passes of a step, on a toy: batch normalisations learn with an optimiser, a loss and a pass of their own.

import {graphOf} from "../../src/architectures/description.js";
import assert from "node:assert";
import type {Dataset} from "../../src/datasets/dataset.js";
import {useBackend} from "../../src/kernels/index.js";
import {disposeNetwork, initialise, type Network} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {memory, tensor1d, type Tensor} from "../../src/tf.js";
import {batchOf} from "../../src/training/batches.js";
import {otherBatches} from "../../src/training/epoch.js";
import {fit, type FitOptions} from "../../src/training/fit.js";
import {lossOf} from "../../src/training/loss.js";
import {adam, sgd} from "../../src/training/optimiser.js";
import {chosen, planOf} from "../../src/training/plan.js";
import {type Recipe, recipe} from "../../src/training/recipe.js";
import {rolesOf} from "../../src/training/parameterRoles.js";
import {lossAndGradients} from "../../src/training/step.js";
import {startTeam} from "../../src/training/threads.js";
import {endTraining, startTraining} from "../../src/training/training.js";
import {takeStep} from "../../src/training/trainStep.js";
import {initOptimiser, updateParameters} from "../../src/training/update.js";
import {assertClose} from "../assert.js";
import {noise, smallArchitecture, tinyArchitecture, tinyData} from "../tiny.js";

const values = (tensors: Readonly<Record<string, Tensor>>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, Array.from(t.dataSync())]));
const isNorm = (name: string): boolean => /\.(gamma|beta)$/.test(name);
const ofNorms = (norms: boolean, {parameters}: Network): string[] =>
  Object.keys(parameters).filter((name) => isNorm(name) === norms);

const NORMS = ["gamma", "beta"] as const;
const twoPasses: Partial<Recipe> = {
  groups: [{roles: NORMS, optimiser: "sgd", learningRate: 0.5, weightDecay: 0, schedule: "constant"}],
  passes: [
    {roles: ["conv", "linear", "bias"]},
    {roles: NORMS, objective: {name: "meanSquaredError"}, terms: [{name: "logits", weight: 0.1}]},
  ],
};

describe("a step of two passes", () => {
  before(() => useBackend("wasm"));

  it("updates one group of parameters, then another with a loss that sees the first's new values", async () => {
    const graph = graphOf(tinyArchitecture());
    const r = recipe({batchSize: 4, epochs: 2, weightDecay: 0.1, ...twoPasses});
    const [x, labels] = [noise(4), tensor1d([0, 1, 2, 3], "int32")];
    const key = randomKey(1);

    const plan = planOf(r, {graph}, {images: 4});
    const training = startTraining(graph, plan, {recipe: r, key});
    const [team, batches] = [startTeam(1), {same: {x, labels}, other: undefined}];
    const report = await takeStep(training, {team, shards: 1, step: 0, dropout: key, batches});

    const network = initialise(graph, key.split("init"));
    const first = lossAndGradients(network, x, labels);
    const [weights, norms] = [ofNorms(false, network), ofNorms(true, network)].map((names) => chosen(network.parameters, names)); // prettier-ignore
    const decayed = adam({weightDecay: 0.1});
    const moved = updateParameters(
      decayed,
      initOptimiser(decayed, weights!),
      weights!,
      first.gradients,
      r.learningRate,
    );
    const parameters = {...network.parameters, ...moved.parameters};
    const loss = lossOf(twoPasses.passes![1]);
    const second = lossAndGradients({...network, parameters, statistics: first.statistics}, x, labels, {loss});
    const plain = sgd({weightDecay: 0});
    const learnt = updateParameters(plain, initOptimiser(plain, norms!), norms!, second.gradients, 0.5);

    assert.deepStrictEqual(values(training.network.parameters), values({...parameters, ...learnt.parameters}));
    assert.deepStrictEqual(values(training.network.statistics), values(second.statistics));
    assert.deepStrictEqual(report, {loss: first.loss, terms: {}, correct: report.correct});
    endTraining(training);
  });

  it("keeps the order of the parameters", async () => {
    const graph = graphOf(tinyArchitecture());
    const r = recipe({batchSize: 4, ...twoPasses});
    const training = startTraining(graph, planOf(r, {graph}, {images: 4}), {
      recipe: r,
      key: randomKey(1),
    });
    const names = Object.keys(training.network.parameters);
    const batches = {same: {x: noise(4), labels: tensor1d([0, 1, 2, 3], "int32")}, other: undefined};
    await takeStep(training, {team: startTeam(1), shards: 1, step: 0, dropout: randomKey(1), batches});
    assert.deepStrictEqual(Object.keys(training.network.parameters), names);
  });
});

describe("the plan of a recipe", () => {
  const graph = graphOf(tinyArchitecture());
  const rolesIn = (names: readonly string[]): string[] => [
    ...new Set(names.map((name) => rolesOf({graph}).get(name)!)),
  ];
  const planned = (changes: Partial<Recipe>) => planOf(recipe({batchSize: 10, ...changes}), {graph}, {images: 95});

  it("is one group and one pass where nothing else is said", () => {
    const {groups, passes, steps, stepsPerEpoch} = planned({epochs: 3});
    assert.deepStrictEqual([groups.length, passes.length, stepsPerEpoch, steps], [1, 1, 10, 30]);
    assert.deepStrictEqual(groups[0]!.names, [...rolesOf({graph}).keys()]);
    assert.deepStrictEqual(groups[0]!.optimiser, adam());
  });

  it("gives a group what it says and of the rest what the recipe says", () => {
    const {groups} = planned({
      epochs: 4,
      groups: [{roles: NORMS, learningRate: 0.01, schedule: "constant", warmupSteps: 4, startEpoch: 2}],
    });
    assert.deepStrictEqual(groups.map(({names}) => rolesIn(names)), [["conv", "linear", "bias"], NORMS]); // prettier-ignore
    assert.deepStrictEqual(groups.map(({firstStep}) => firstStep), [0, 20]); // prettier-ignore
    assertClose([0, 1, 3, 39].map(groups[1]!.rateAt), [0.0025, 0.005, 0.01, 0.01]);
    assertClose(groups[0]!.rateAt(20), 0.003 * (0.01 + 0.99 / 2));
  });

  it("divides a group where passes update a part of it", () => {
    const {groups} = planned({passes: [{roles: ["conv", "gamma"]}, {roles: ["gamma", "beta"]}]});
    assert.deepStrictEqual(
      groups.map(({names, passes}) => [rolesIn(names), passes]),
      [
        [["conv"], [0]],
        [["gamma"], [0, 1]],
        [["beta"], [1]],
      ],
    );
  });

  it("must move something", () =>
    assert.throws(
      () => planned({passes: [{roles: []}]}),
      /invalid passes: .*; expected passes that update a parameter/,
    ));
});

describe("training with groups and passes", () => {
  let data: Dataset;
  before(async () => {
    await useBackend("wasm");
    data = await tinyData();
  });
  const images = (from: number, to: number): number[] => Array.from({length: to - from}, (_, i) => from + i);
  const run = (changes: Partial<Recipe>, more: Partial<FitOptions> = {}) =>
    fit(smallArchitecture(), {
      ...{data, train: images(0, 30), key: randomKey(1)},
      recipe: recipe({epochs: 2, batchSize: 10, crop: 1, ...changes}),
      ...more,
    });

  it("leaves a group as it starts until its epoch, and roles that no pass names for ever", async () => {
    const fresh = values(initialise(smallArchitecture(), randomKey(1).split("init")).parameters);
    const changed = async (changes: Partial<Recipe>): Promise<string[]> => {
      const {parameters} = (await run(changes)).network;
      return ["stem.bn.beta", "fc2.weight"].filter((name) =>
        values(parameters)[name]!.some((v, i) => v !== fresh[name]![i]),
      );
    };
    const late = (startEpoch: number): Partial<Recipe> => ({groups: [{roles: NORMS, startEpoch}]});
    assert.deepStrictEqual(await changed(late(2)), ["fc2.weight"]);
    assert.deepStrictEqual(await changed(late(1)), ["stem.bn.beta", "fc2.weight"]);
    assert.deepStrictEqual(await changed({passes: [{roles: NORMS}]}), ["stem.bn.beta"]);
    assert.deepStrictEqual(await changed({groups: [{roles: ["linear", "bias", "conv"], startEpoch: 2}], passes: [{roles: ["linear"]}, {roles: NORMS}]}), ["stem.bn.beta"]); // prettier-ignore
  });

  it("is the same bits where a group says what the recipe says", async () => {
    const [one, two] = [await run({}), await run({groups: [{roles: ["conv", "beta"]}]})];
    assert.deepStrictEqual(values(two.network.parameters), values(one.network.parameters));
    assert.deepStrictEqual(two.curve.map(({loss}) => loss), one.curve.map(({loss}) => loss)); // prettier-ignore
  });

  it("takes other images for a pass that asks for them, and says where there are none", async () => {
    const passes = (images: "same" | "other") => ({...twoPasses, passes: [twoPasses.passes![0]!, {...twoPasses.passes![1], images}]}); // prettier-ignore
    const otherTrain = images(30, 55);
    const [same, other] = [await run(passes("same")), await run(passes("other"), {otherTrain})];
    assert.notDeepStrictEqual(values(other.network.parameters), values(same.network.parameters));
    assert.deepStrictEqual(values((await run(passes("other"), {otherTrain})).network.parameters), values(other.network.parameters)); // prettier-ignore
    await assert.rejects(
      run(passes("other")),
      /invalid other training images: undefined; expected some \(otherTrain\)/,
    );
  });

  it("takes them all in an order of each epoch's own, and then from the first again", () => {
    const options = {
      data,
      otherTrain: images(30, 55),
      recipe: recipe({batchSize: 10, crop: 0, flip: false}),
      key: randomKey(1),
    };
    const pixels = ({x}: {x: Tensor}): number[][] =>
      (x.reshape([x.shape[0], -1]).arraySync() as number[][]).map((sample) => [...sample]);
    const epochOf = (epoch: number): number[][] => {
      const batchAt = otherBatches({passes: [{loss: lossOf(), images: "other"}]}, epoch, options);
      assert.deepStrictEqual(pixels(batchAt(3)!), pixels(batchAt(0)!));
      return [0, 1, 2].flatMap((step) => pixels(batchAt(step)!));
    };
    const all = pixels(batchOf(data, data.train, options.otherTrain));
    const [first, second] = [epochOf(0), epochOf(1)];
    assert.deepStrictEqual(first.map(String).sort(), all.map(String).sort());
    assert.deepStrictEqual(second.map(String).sort(), all.map(String).sort());
    assert.notDeepStrictEqual(second, first);
  });

  it("reports the terms of each epoch, and computes named losses in threads", async () => {
    const loss = {objective: {name: "crossEntropyByTimestep"}, terms: [{name: "l2", weight: 1e-3}]} as const;
    const before = memory().numTensors;
    const [one, two] = [await run({...loss, shards: 2}), await run({...loss, shards: 2}, {threads: 2})];
    assert.deepStrictEqual(values(two.network.parameters), values(one.network.parameters));
    assert.deepStrictEqual(two.curve.map(({terms}) => terms), one.curve.map(({terms}) => terms)); // prettier-ignore
    assert.ok(one.curve.every(({loss, terms}) => Object.keys(terms!).join() === "l2" && terms!.l2! > 0 && loss > terms!.l2!)); // prettier-ignore
    for (const {network} of [one, two]) disposeNetwork(network);
    assert.strictEqual(memory().numTensors, before);
  });

  it("takes a loss of functions, in one thread", async () => {
    const objective = {name: "mine", value: lossOf({objective: {name: "meanSquaredError"}}).objective.value};
    const [named, own] = [await run({objective: {name: "meanSquaredError"}}), await run({}, {loss: {objective}})];
    assert.deepStrictEqual(values(own.network.parameters), values(named.network.parameters));
    await assert.rejects(
      run({shards: 2}, {loss: {objective}, threads: 2}),
      /invalid threads: more than 1; expected 1 with a loss made of functions/,
    );
  });
});
