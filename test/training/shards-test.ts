import assert from "node:assert";
import type {Dataset} from "../../src/datasets/dataset.js";
import {disposeNetwork, initialise, type Network} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {useBackend} from "../../src/kernels/index.js";
import {concat, memory, tensor1d, type Tensor1D, type Tensor4D} from "../../src/tf.js";
import {fit} from "../../src/training/fit.js";
import {CROSS_ENTROPY} from "../../src/training/loss.js";
import {recipe} from "../../src/training/recipe.js";
import {averaged, outcomeOf, shardsOf, type StepOutcome, type Work} from "../../src/training/shards.js";
import {startTeam} from "../../src/training/threads.js";
import {assertClose} from "../assert.js";
import {noise, smallArchitecture, tinyArchitecture, tinyData} from "../tiny.js";

const key = randomKey(1, "dropout");
const workOn = ({parameters}: Network): Work => ({loss: CROSS_ENTROPY, names: Object.keys(parameters)});
const labelsOf = (n: number): Tensor1D => tensor1d(Int32Array.from({length: n}, (_, i) => i % 4), "int32"); // prettier-ignore
const numbers = ({gradients, statistics}: StepOutcome): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries({...gradients, ...statistics}).map(([name, t]) => [name, Array.from(t.dataSync())]),
  );
const values = ({parameters, statistics}: Network): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries({...parameters, ...statistics}).map(([name, t]) => [name, Array.from(t.dataSync())]),
  );

describe("the shards of a batch", () => {
  let network: Network;
  before(async () => {
    await useBackend("wasm");
    network = initialise(tinyArchitecture(), randomKey(1));
  });
  after(() => disposeNetwork(network));

  const step = async (x: Tensor4D, labels: Tensor1D, count: number, threads = 1): Promise<StepOutcome> => {
    const team = startTeam(threads);
    try {
      return averaged(await team.outcomes(network, shardsOf(x, labels, key, count), workOn(network)));
    } finally {
      await team.close();
    }
  };

  it("are the whole batch, in order, in sizes that differ by at most one", () => {
    const [x, labels] = [noise(7), labelsOf(7)];
    const shards = shardsOf(x, labels, key, 3);
    assert.deepStrictEqual(shards.map((s) => s.x.shape[0]), [2, 3, 2]); // prettier-ignore
    assert.deepStrictEqual(Array.from(concat(shards.map((s) => s.x)).dataSync()), Array.from(x.dataSync()));
    assert.deepStrictEqual(shards.flatMap((s) => Array.from(s.labels.dataSync())), Array.from(labels.dataSync())); // prettier-ignore
    assert.strictEqual(shardsOf(x, labels, key, 20).length, 7);
  });

  it("that hold the same images give the step of those images alone", async () => {
    const [x, labels] = [noise(5), labelsOf(5)];
    const [alone] = shardsOf(x, labels, key, 1).map((shard) => outcomeOf(network, shard, workOn(network)));
    const twice = await step(concat([x, x]), concat([labels, labels]), 2);
    assertClose(twice.loss, alone!.loss);
    assert.deepStrictEqual([twice.images, twice.correct], [10, 2 * alone!.correct]);
    for (const [name, expected] of Object.entries(numbers(alone!)))
      assertClose(numbers(twice)[name]!, expected, {atol: 1e-6});
  });

  it("count by their images: a shard of three weighs three times a shard of one", async () => {
    const [x, labels] = [noise(8), labelsOf(8)];
    const shards = shardsOf(x, labels, key, 3); // 3, 2 and 3 images
    const parts = shards.map((shard) => outcomeOf(network, shard, workOn(network)));
    const expected = parts.map(numbers);
    const weights = [3 / 8, 2 / 8, 3 / 8];
    const mean = averaged(parts);
    for (const [name, got] of Object.entries(numbers(mean)))
      assertClose(got, got.map((_, i) => expected.reduce((sum, part, s) => sum + weights[s]! * part[name]![i]!, 0)), {atol: 1e-6}); // prettier-ignore
  });

  it("give the same bits from one thread, two and three", async () => {
    const [x, labels] = [noise(9), labelsOf(9)];
    const [one, two, three] = [await step(x, labels, 3), await step(x, labels, 3, 2), await step(x, labels, 3, 3)];
    assert.deepStrictEqual(numbers(two), numbers(one));
    assert.deepStrictEqual(numbers(three), numbers(one));
    assert.strictEqual(two.loss, one.loss);
  });

  it("report what goes wrong in a thread", async () => {
    const [x, labels] = [noise(4), labelsOf(4)];
    const team = startTeam(2);
    const [first, second] = shardsOf(x, labels, key, 2);
    const outcomes = await team.outcomes(network, [first!, second!], workOn(network));
    assert.strictEqual(outcomes.length, 2);
    await assert.rejects(
      team.outcomes(network, [first!, {...second!, labels: labelsOf(3)}], workOn(network)),
      /shape|broadcast/i,
    );
    await team.close();
  });
});

describe("training over shards", () => {
  let data: Dataset;
  before(async () => {
    await useBackend("wasm");
    data = await tinyData();
  });

  it("ends with the same network whatever the number of threads, and leaves nothing else", async () => {
    const before = memory().numTensors;
    const train = Array.from({length: 50}, (_, i) => i);
    const run = (threads: number, shards = 2) =>
      fit(smallArchitecture({head: {hidden: 16, voters: 2, dropout: 0.5}}), {
        data,
        train,
        recipe: recipe({epochs: 2, batchSize: 16, crop: 1, shards}),
        key: randomKey(1),
        threads,
      });
    const [one, two, whole] = [await run(1), await run(2), await run(1, 1)];
    assert.deepStrictEqual(values(two.network), values(one.network));
    assert.deepStrictEqual(two.curve.map((e) => e.loss), one.curve.map((e) => e.loss)); // prettier-ignore
    assert.notDeepStrictEqual(values(whole.network), values(one.network));
    for (const {network} of [one, two, whole]) disposeNetwork(network);
    assert.strictEqual(memory().numTensors, before);
  });
});
