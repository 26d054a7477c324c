import assert from "node:assert";
import {createHash} from "node:crypto";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {convNet} from "../../src/architectures/convNet.js";
import type {Dataset} from "../../src/datasets/dataset.js";
import {disposeNetwork, initialise, type Network} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {useBackend} from "../../src/kernels/index.js";
import {memory} from "../../src/tf.js";
import {batchOf} from "../../src/training/batches.js";
import {evaluate} from "../../src/training/evaluate.js";
import {fit, type FitOptions, type FitResult} from "../../src/training/fit.js";
import {guard} from "../../src/training/guard.js";
import {observe} from "../../src/training/observe.js";
import {type Recipe, recipe} from "../../src/training/recipe.js";
import {smallArchitecture, tinyData} from "../tiny.js";

const all = (n: number): Int32Array => Int32Array.from({length: n}, (_, i) => i);
const values = ({parameters, statistics}: Network): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries({...parameters, ...statistics}).map(([name, t]) => [name, Array.from(t.dataSync())]),
  );

describe("fit", () => {
  let data: Dataset;
  let folder: string;
  before(async () => {
    await useBackend("wasm");
    data = await tinyData();
  });
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "fit-"))));
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  const options = (more: Partial<FitOptions> = {}): FitOptions => ({
    data,
    train: all(60),
    recipe: recipe({epochs: 2, batchSize: 16, crop: 1}),
    key: randomKey(1),
    ...more,
  });

  it("learns its training images", async () => {
    const r = recipe({epochs: 40, batchSize: 20, crop: 0, flip: false, learningRate: 0.01, guard: "off"});
    const {curve, status} = await fit(smallArchitecture({channels: 8}), options({recipe: r, train: all(20)}));
    assert.strictEqual(status, "ok");
    assert.ok(curve.at(-1)!.trainAccuracy > 0.6, `only ${curve.at(-1)!.trainAccuracy} of its own images`);
  });

  it("trains and evaluates networks whose encoding takes values from 0 to 1", async () => {
    const {input, classes} = smallArchitecture();
    for (const encoding of ["rate", "latency"] as const) {
      const layers = [
        {kind: "conv", channels: 4},
        {kind: "avgPool", window: 4},
      ] as const;
      const net = convNet({input, classes, layers, voters: 2, T: 2, encoding});
      const r = recipe({epochs: 1, batchSize: 20, guard: "off"});
      const {network, curve} = await fit(net, options({train: all(40), validation: all(20), recipe: r}));
      assert.ok(Number.isFinite(curve[0]!.loss));
      assert.strictEqual(observe(network, data, data.test, 0).votes.length, 2);
    }
  });

  it("gives the same network for the same key, another for another", async () => {
    const run = async (seed: number) =>
      values((await fit(smallArchitecture(), options({key: randomKey(seed)}))).network);
    const first = await run(1);
    assert.deepStrictEqual(await run(1), first);
    assert.notDeepStrictEqual(await run(2), first);
  });

  const open: Partial<Recipe> = {
    groups: [{roles: ["gamma", "beta"], optimiser: "sgd", learningRate: 0.1, warmupSteps: 3, startEpoch: 1}],
    passes: [{terms: [{name: "l2", weight: 1e-3}]}, {roles: ["gamma", "bias"], objective: {name: "meanSquaredError"}}],
  };
  const stable = (curve: FitResult["curve"]) => curve.map(({seconds: _seconds, ...rest}) => rest);
  for (const [title, changes] of [
    ["", {}],
    [" with groups and passes too", open],
  ] as const)
    it(`interrupted anywhere and continued, ends with the same bits${title}`, async () => {
      const r = recipe({epochs: 2, batchSize: 16, crop: 1, ...changes});
      const whole = await fit(smallArchitecture(), options({validation: all(20), recipe: r}));
      const steps = 8;
      for (const stopAt of [1, 4, 5, 7]) {
        const checkpoint = {path: join(folder, `${stopAt}.checkpoint`), identity: "a"};
        const controller = new AbortController();
        const onProgress = (done: number): void => void (done === stopAt && controller.abort());
        const attempt = fit(
          smallArchitecture(),
          options({validation: all(20), recipe: r, checkpoint, signal: controller.signal, onProgress}),
        );
        await assert.rejects(attempt, {name: "AbortError"});
        const resumed = await fit(smallArchitecture(), options({validation: all(20), recipe: r, checkpoint}));
        assert.deepStrictEqual(
          values(resumed.network),
          values(whole.network),
          `stopped after step ${stopAt} of ${steps}`,
        );
        assert.deepStrictEqual(stable(resumed.curve), stable(whole.curve));
      }
    });

  /** A checkpoint after one of two epochs. */
  const half = async (more: Partial<FitOptions> = {}) => {
    const checkpoint = {path: join(folder, "half.checkpoint"), identity: "a"};
    const controller = new AbortController();
    const onProgress = (done: number): void => void (done === 5 && controller.abort());
    const attempt = fit(smallArchitecture(), options({checkpoint, signal: controller.signal, onProgress, ...more}));
    await assert.rejects(attempt, {name: "AbortError"});
    return checkpoint;
  };

  it("goes on from a checkpoint of version 0.1.0", async () => {
    const whole = await fit(smallArchitecture(), options());
    const checkpoint = await half();
    const bytes = readFileSync(checkpoint.path);
    const end = bytes.indexOf(10);
    const {steps, tensors, ...header} = JSON.parse(bytes.toString("utf8", 0, end)) as Record<string, unknown> & {
      steps: number[];
      tensors: {group: string}[];
    };
    assert.deepStrictEqual(steps, [4]);
    const body = bytes.subarray(end + 1);
    const old = {
      ...{...header, format: "spikebook-checkpoint-1", step: steps[0]},
      sha256: createHash("sha256").update(body).digest("hex"),
      tensors: tensors.map((t) => ({...t, group: t.group.replace("optimiser0.", "")})),
    };
    writeFileSync(checkpoint.path, Buffer.concat([Buffer.from(`${JSON.stringify(old)}\n`), body]));
    const resumed = await fit(smallArchitecture(), options({checkpoint}));
    assert.deepStrictEqual(values(resumed.network), values(whole.network));
    assert.deepStrictEqual(stable(resumed.curve), stable(whole.curve));
  });

  it("refuses a checkpoint of other groups of parameters", async () => {
    const checkpoint = await half();
    await assert.rejects(
      fit(smallArchitecture(), options({checkpoint, recipe: recipe({epochs: 2, batchSize: 16, crop: 1, ...open})})),
      /half\.checkpoint has 1 groups of parameters, this training \d; delete it to train from the start/,
    );
  });

  it("refuses a damaged checkpoint, naming it, and ignores another training's", async () => {
    const checkpoint = {path: join(folder, "x.checkpoint"), identity: "a"};
    await fit(smallArchitecture(), options({checkpoint, recipe: recipe({epochs: 1, batchSize: 30})}));
    const bytes = readFileSync(checkpoint.path);
    const other = await fit(
      smallArchitecture(),
      options({checkpoint: {...checkpoint, identity: "b"}, recipe: recipe({epochs: 1, batchSize: 30})}),
    );
    assert.strictEqual(other.curve.length, 1);
    for (const damaged of [bytes.subarray(0, bytes.length - 7), Buffer.from("no json\n")]) {
      writeFileSync(checkpoint.path, damaged);
      await assert.rejects(
        fit(smallArchitecture(), options({checkpoint})),
        /damaged checkpoint .*x\.checkpoint: .*; delete it to train from the start/,
      );
    }
  });

  it("stops when the loss is no longer a number", async () => {
    const r = recipe({epochs: 3, batchSize: 20, learningRate: 1e38, optimiser: "sgd", guard: "off"});
    const {status, message} = await fit(smallArchitecture(), options({recipe: r}));
    assert.strictEqual(status, "diverged");
    assert.match(message, /the loss became (NaN|Infinity) at step \d+ of 9 \(learning rate/);
  });

  it("leaves only the network behind", async () => {
    const before = memory().numTensors;
    const {network} = await fit(smallArchitecture(), options({validation: all(10)}));
    await evaluate(network, data, data.test);
    const kept = Object.keys(network.parameters).length + Object.keys(network.statistics).length;
    assert.strictEqual(memory().numTensors - before, kept);
    disposeNetwork(network);
    assert.strictEqual(memory().numTensors, before);
  });
});

describe("the guard", () => {
  it("names the paper's head, which is silent at small width, and passes the head that starts", async () => {
    await useBackend("wasm");
    const data = await tinyData();
    const {x} = batchOf(data, data.train, all(16));
    const a = smallArchitecture({channels: 16, T: 5, head: {hidden: 256, voters: 10, dropout: 0.5}});
    const paper = guard(initialise(a, randomKey(1), "paper"), x);
    assert.deepStrictEqual([paper.status, paper.layers], ["silent", ["head"]]);
    assert.match(paper.message, /silent after one batch: head /);
    assert.strictEqual(guard(initialise(a, randomKey(1), "unitVariance"), x).status, "ok");
    const stopped = await fit(a, {
      data,
      train: all(20),
      recipe: recipe({epochs: 1, headInit: "paper"}),
      key: randomKey(1),
    });
    assert.deepStrictEqual([stopped.status, stopped.curve.length], ["silent", 0]);
  });

  it("names layers that fire at every timestep", async () => {
    await useBackend("wasm");
    const data = await tinyData();
    const {x} = batchOf(data, data.train, all(8));
    const network = initialise(smallArchitecture(), randomKey(1));
    const beta = network.parameters["last.bn.beta"]!;
    const report = guard({...network, parameters: {...network.parameters, "last.bn.beta": beta.add(100)}}, x);
    assert.deepStrictEqual([report.status, report.layers], ["saturated", ["last"]]);
  });
});
