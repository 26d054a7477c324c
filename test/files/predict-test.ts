import assert from "node:assert";
import {join} from "node:path";
import {convNet} from "../../src/architectures/convNet.js";
import {loadDataset} from "../../src/datasets/index.js";
import {saveNetwork, loadNetwork} from "../../src/files/networkFile.js";
import {sampleFormatOf, type TrainedNetwork} from "../../src/files/networkText.js";
import {predict, readSample} from "../../src/files/predict.js";
import {disposeNetwork, initialise} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {evaluateNetwork} from "../../src/studies/evaluateNetwork.js";
import {train} from "../../src/studies/train.js";
import {memory} from "../../src/tf.js";
import {inFolder, pngOf, put, wavOf} from "../datasets/fixtures.js";
import {smallArchitecture} from "../tiny.js";

const DATA = {name: "procedural-16", trainCount: 60, testCount: 40, train: 40, validation: 20, seed: 0};
const layers = [{kind: "conv", channels: 4}, {kind: "avgPool"}, {kind: "linear", units: 8}] as const;
const options = {data: DATA, epochs: 1, recipe: {batchSize: 10, guard: "off"}, seed: 3} as const;

describe("a trained network", function () {
  this.timeout(60000);
  let network: TrainedNetwork;
  let accuracy: number;
  let images: Uint8Array[];
  before(async () => {
    ({network, accuracy} = await train(convNet({layers, T: 2}), options));
    const {test} = await loadDataset("procedural-16", DATA_OPTIONS);
    images = Array.from(test.labels, (_, i) => (test.samples as Uint8Array).slice(i * 768, (i + 1) * 768));
  });
  after(() => disposeNetwork(network));

  it("has the size and the classes of its data, and says where it comes from", () => {
    assert.deepStrictEqual(network.sample.shape, [16, 16, 3]);
    assert.strictEqual(network.graph.classes, 10);
    assert.strictEqual(network.made!.testAccuracy, accuracy);
    assert.deepStrictEqual([network.made!.seed, network.made!.data.name], [3, "procedural-16"]);
  });

  it("saved, loaded and evaluated again has the accuracy of its record, to the last digit", () =>
    inFolder(async (dir) => {
      for (const encoding of ["direct", "rate"] as const) {
        const made = await train(smallArchitecture({channels: 2, encoding}), options);
        await saveNetwork(join(dir, "a.safetensors"), made.network);
        const loaded = await loadNetwork(join(dir, "a.safetensors"));
        const {evaluation, same} = await evaluateNetwork(loaded);
        assert.ok(same);
        assert.strictEqual(evaluation.accuracy, made.accuracy);
        assert.strictEqual(evaluation.loss, made.record.testLoss);
        assert.strictEqual(evaluation.synOps, made.record.synOps);
        [made.network, loaded].forEach(disposeNetwork);
      }
    }));

  it("predicts of raw pixels what its evaluation counts, with the same synaptic operations", async () => {
    const held = memory().numTensors;
    const {evaluation} = await evaluateNetwork(network);
    const found = await predict(network, images, {batchSize: 7});
    assert.strictEqual(memory().numTensors, held);
    const {test, classes} = await loadDataset("procedural-16", DATA_OPTIONS);
    const right = found.filter(({class: name}, i) => name === classes[test.labels[i]!]).length;
    assert.strictEqual(right / found.length, evaluation.accuracy);
    const synOps = found.reduce((sum, one) => sum + one.synOps, 0) / found.length;
    assert.ok(Math.abs(synOps / evaluation.synOps - 1) < 1e-6, `${synOps} and ${evaluation.synOps}`);
    for (const {probabilities, probability, class: name} of found) {
      const all = Object.values(probabilities);
      assert.ok(Math.abs(all.reduce((a, b) => a + b, 0) - 1) < 1e-5);
      assert.strictEqual(probabilities[name], Math.max(...all));
      assert.strictEqual(probability, probabilities[name]);
    }
  });

  it("predicts of a PNG file what it predicts of its pixels", () =>
    inFolder(async (dir) => {
      put(dir, {"a.png": pngOf([200, 40, 120])});
      const pixels = Array.from({length: 256}, () => [200, 40, 120]).flat();
      const [file, raw] = await predict(network, [join(dir, "a.png"), pixels]);
      assert.deepStrictEqual(file, raw);
    }));

  it("refuses samples that it cannot read, by what is wrong with them", async () => {
    await assert.rejects(predict(network, [[1, 2, 3]]), /invalid sample: .*3 numbers.*expected 768: \[16, 16, 3\]/);
    await assert.rejects(
      predict(network, [new Float32Array(768).fill(-1)]),
      /invalid pixel: -1; expected a number from 0/,
    );
    await assert.rejects(predict(network, ["nowhere.png"]), /cannot read image nowhere.png/);
    await assert.rejects(predict(network, images[0] as never), /invalid samples/);
    await assert.rejects(predict(network, [], {batch: 3} as never), /unknown predict option: "?batch/);
  });

  it("refuses data of another shape, and says when images are others than its record's", async () => {
    await assert.rejects(
      evaluateNetwork(network, {data: "procedural"}),
      /invalid samples of procedural: \[32,32,3\]; expected \[16, 16, 3\]/,
    );
    assert.strictEqual((await evaluateNetwork(network, {testCount: 10})).same, false);
  });

  it("is not had of options that nobody reads, or of a training that came to nothing", async () => {
    await assert.rejects(train(convNet(), {dta: "mnist"} as never), /unknown train option: "?dta/);
    const huge = {...options, recipe: {batchSize: 10, guard: "off", learningRate: 1e30}} as const;
    await assert.rejects(train(convNet({layers, T: 2}), huge), /was not trained \(diverged\)/);
  });

  it("reads recordings where it was trained on sound: as the data set's own samples, to the bit", () =>
    inFolder(async (dir) => {
      const tone = (hertz: number): Buffer => wavOf(Array.from({length: 4000}, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / 8000))); // prettier-ignore
      const at = (digit: number, index: number): string => `free-spoken-digit-dataset/recordings/${digit}_jackson_${index}.wav`; // prettier-ignore
      put(dir, Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((d) => [0, 5].map((i) => [at(d, i), tone(300 + 200 * d)])))); // prettier-ignore
      const data = await loadDataset("fsdd", {dataDir: dir});
      const own = {...initialise(convNet({input: {size: 32, channels: 1}, classes: 10, layers, T: 2}), randomKey(1)), classes: data.classes, bits: 32}; // prettier-ignore
      const network = {...own, sample: sampleFormatOf(data, own.graph)};
      const numbers = await readSample(join(dir, at(3, 5)), network.sample);
      const row = [...data.train.labels].indexOf(3);
      assert.deepStrictEqual([...Array.from(numbers)], [...data.train.samples.slice(row * 1024, (row + 1) * 1024)]);
      const file = join(dir, "digits.safetensors");
      await saveNetwork(file, network);
      const loaded = await loadNetwork(file);
      const [byFile, byNumbers] = await predict(loaded, [join(dir, at(3, 5)), numbers]);
      assert.deepStrictEqual(byFile, byNumbers);
      put(dir, {"slow.wav": wavOf([0, 1, 0], 4000)});
      await assert.rejects(predict(loaded, [join(dir, "slow.wav")]), /rate of .*slow.wav: 4000; expected 8000 samples/);
      disposeNetwork(network);
      disposeNetwork(loaded);
    }));
});

const DATA_OPTIONS = {trainCount: 60, testCount: 40, seed: 0};
