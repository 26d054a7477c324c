// Conversion: what of it has a closed form, and how fast the rest converges.

import assert from "node:assert";
import {convNet} from "../../src/architectures/convNet.js";
import {parseCell} from "../../src/architectures/cell.js";
import {convertNetwork, type ConversionOptions} from "../../src/conversion/convert.js";
import {foldNormalisation} from "../../src/conversion/fold.js";
import {percentileOf} from "../../src/conversion/percentile.js";
import {type Scales, scalesOf} from "../../src/conversion/scales.js";
import {latencyOf, simulate} from "../../src/conversion/simulate.js";
import {graphBuilder} from "../../src/graphs/build.js";
import {type Graph, nodesOf} from "../../src/graphs/graph.js";
import {type IfSpec, neuronOf} from "../../src/graphs/neuron.js";
import {forward} from "../../src/networks/forward.js";
import {disposeNetwork, initialise, type Network} from "../../src/networks/parameters.js";
import {forwardStepwise} from "../../src/networks/stepwise.js";
import {neuronTrace, simulatedRates} from "../../src/neurons/trace.js";
import {useBackend} from "../../src/kernels/index.js";
import {random, randomKey} from "../../src/random.js";
import {memory, type Tensor, tensor, type Tensor2D, tidy} from "../../src/tf.js";
import {batchOf} from "../../src/training/batches.js";
import {evaluate} from "../../src/training/evaluate.js";
import {fit} from "../../src/training/fit.js";
import {recipe, SMALL_RECIPE} from "../../src/training/recipe.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise, tinyArchitecture, tinyData} from "../tiny.js";
import {seasoned} from "./nets.js";

const CNN = convNet({
  input: {size: 8, channels: 3},
  classes: 4,
  layers: [{kind: "conv", channels: 6}, {kind: "avgPool"}, {kind: "conv", channels: 8}, {kind: "linear", units: 12}],
  voters: 2,
  neuron: null,
});

/** Two hidden layers on vectors. */
function mlp(): Graph {
  const b = graphBuilder(1);
  b.add("input", {kind: "input", encoding: "direct"}, [], {shape: [16]});
  b.add("a", {kind: "linear", units: 32, bias: true}, ["input"]);
  b.add("ar", {kind: "relu"}, ["a"]);
  b.add("b", {kind: "linear", units: 32, bias: true}, ["ar"]);
  b.add("br", {kind: "relu"}, ["b"]);
  b.add("out", {kind: "linear", units: 5, bias: true}, ["br"]);
  b.add("mean", {kind: "meanOverTime"}, ["out"]);
  return b.build();
}

/** A residual block whose skip edge carries activations, and a concatenation of two ReLUs. */
function residual(): Graph {
  const b = graphBuilder(1);
  const conv = {kind: "conv2d", kernelSize: 3, stride: 1, channels: 4, bias: true} as const;
  b.add("input", {kind: "input", encoding: "direct"}, [], {shape: [8, 8, 3]});
  b.add("a", conv, ["input"]);
  b.add("ar", {kind: "relu"}, ["a"]);
  b.add("b", conv, ["ar"]);
  b.add("bn", {kind: "batchNorm", statistics: "once"}, ["b"]);
  b.add("sum", {kind: "add"}, ["bn", "ar"]);
  b.add("sr", {kind: "relu"}, ["sum"]);
  b.add("both", {kind: "concat"}, ["sr", "ar"]);
  b.add("pool", {kind: "avgPool", window: 2, stride: 2, padding: "none"}, ["both"]);
  b.add("c", conv, ["pool"]);
  b.add("cr", {kind: "relu"}, ["c"]);
  b.add("flat", {kind: "flatten"}, ["cr"]);
  b.add("out", {kind: "linear", units: 5, bias: true}, ["flat"]);
  b.add("mean", {kind: "meanOverTime"}, ["out"]);
  return b.build();
}

const vectors = (n: number, size = 16, seed = 1): Tensor => {
  const stream = random(randomKey(seed, "vectors"));
  return tensor(Float32Array.from({length: n * size}, () => stream.normal()), [n, size]); // prettier-ignore
};

const scalesFrom = (network: Network, x: Tensor, percentile = 100): Promise<Scales> =>
  scalesOf(network, [x.clone()], {percentile, samples: x.shape[0]});

const dnnLogits = (network: Network, x: Tensor): Float32Array => {
  const {logits, outputs} = forward(network, x, {training: false});
  outputs.dispose();
  return logits.dataSync() as Float32Array;
};

/** Mean absolute error of the logits after each number of timesteps, beside a reference. */
function errorsOver(snn: Network, x: Tensor, reference: ArrayLike<number>, T: number): number[] {
  const errors: number[] = [];
  forwardStepwise(snn, x, {
    T,
    onTimestep: ({logits}) => {
      const values = logits.dataSync() as Float32Array;
      errors.push(values.reduce((sum, value, i) => sum + Math.abs(value - reference[i]!), 0) / values.length);
    },
  }).dispose();
  return errors;
}

const converted = async (network: Network, x: Tensor, changes: Partial<ConversionOptions> = {}, percentile = 100) =>
  convertNetwork(network, {T: 100, scales: await scalesFrom(network, x, percentile), ...changes});

describe("one IF neuron that subtracts its threshold", () => {
  before(() => useBackend("wasm"));
  const soft = (more: Partial<IfSpec> = {}): IfSpec => neuronOf("if", {reset: "soft", ...more}) as IfSpec;

  it("fires as a published trace: θ = 1, x = 0.35", () => {
    // Progressive tandem learning (arXiv 2007.01204) subtracts one timestep later: its potentials are those before the reset here.
    const {u, s} = neuronTrace(new Array(8).fill(0.35), soft());
    assertClose(u, [0.35, 0.7, 1.05, 0.4, 0.75, 1.1, 0.45, 0.8], {rtol: 1e-5});
    assert.deepStrictEqual([...s], [0, 0, 1, 0, 0, 1, 0, 0]);
  });

  it("has a rate within θ/T of its current, of either start within half of that", () => {
    for (const T of [7, 50])
      for (const threshold of [1, 0.4, 3])
        for (const [start, bound] of [
          [0, threshold / T],
          [0.5, threshold / T / 2],
        ] as const) {
          // prettier-ignore
          const currents = Array.from({length: 41}, (_, k) => (k / 40) * 0.999 * threshold);
          simulatedRates(currents, soft({threshold, start}), T).forEach((rate, i) => {
            const error = Math.abs(rate * threshold - currents[i]!);
            assert.ok(
              error <= bound + 1e-4,
              `T ${T}, θ ${threshold}, start ${start}, x ${currents[i]}: error ${error}`,
            );
          });
        }
  });
});

describe("a percentile of positive values", () => {
  it("is that of all of them, sorted, however few are kept", () => {
    const stream = random(randomKey(1));
    const values = Array.from({length: 50_000}, () => stream.normal());
    const positive = values.filter((v) => Math.fround(v) > 0).map(Math.fround).sort((a, b) => a - b); // prettier-ignore
    for (const p of [99.9, 99, 90, 50, 100, 3]) {
      const found = percentileOf(p, values.length);
      for (let i = 0; i < values.length; i += 777) found.add(values.slice(i, i + 777));
      const rank = (p / 100) * (positive.length - 1);
      const [i, next] = [Math.floor(rank), positive[Math.min(Math.floor(rank) + 1, positive.length - 1)]!];
      assertClose([found.value()!], [positive[i]! + (rank - i) * (next - positive[i]!)], {rtol: 1e-6});
    }
    assert.strictEqual(percentileOf(99.9, 10).value(), undefined);
  });
});

describe("conversion", () => {
  onEachBackend(() => {
    it("folds batch normalisation into weights and biases: equal logits", () => {
      for (const description of [CNN, residual(), tinyArchitecture({activation: "relu", T: 1})]) {
        const network = seasoned(description, 1);
        const folded = foldNormalisation(network);
        const [before, after] = [network, folded].map(({graph}) => nodesOf(graph, "batchNorm").length);
        assert.ok(after! < before!, `${before} and ${after} normalisations`);
        const x = noise(3);
        assertClose(dnnLogits(folded, x), dnnLogits(network, x), {rtol: 1e-5, atol: 1e-5});
        disposeNetwork(folded);
        disposeNetwork(network);
      }
    });

    it("gives the same spikes with scales in weights and with scales in thresholds", async () => {
      const network = seasoned(CNN, 4);
      const x = noise(4);
      const counts = await Promise.all((["layers", "thresholds"] as const).map(async (balance) => {
        const snn = await converted(network, x, {balance}, 99);
        const found: Record<string, number> = {};
        const logits = forwardStepwise(snn, x, {T: 20, onSpikes: (name, s) => void (found[name] = (found[name] ?? 0) + s.sum().dataSync()[0]!)}); // prettier-ignore
        return [Object.values(found), [...logits.dataSync()]] as const;
      })); // prettier-ignore
      counts[0]![0].forEach((count, i) => assert.ok(Math.abs(count - counts[1]![0][i]!) <= 3, `${counts.map(([c]) => c.join(" ")).join(" and ")} spikes`)); // prettier-ignore
      assertClose(counts[0]![1], counts[1]![1], {rtol: 0.1, atol: 0.1});
    });
  });
});

describe("a converted network", () => {
  before(() => useBackend("wasm"));

  it("of an MLP has an error that falls as 1/T", async () => {
    const network = seasoned(mlp(), 2);
    const x = vectors(64);
    const snn = await converted(network, x);
    const errors = errorsOver(snn, x, dnnLogits(network, x), 256);
    const at = [8, 16, 32, 64, 128, 256].map((T) => [Math.log(T), Math.log(errors[T - 1]!)] as const);
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const [mx, my] = [mean(at.map(([t]) => t)), mean(at.map(([, e]) => e))];
    const slope = mean(at.map(([t, e]) => (t - mx) * (e - my))) / mean(at.map(([t]) => (t - mx) ** 2));
    assert.ok(slope > -1.4 && slope < -0.6, `slope ${slope}`);
  });

  it("by a percentile leaves the error of a DNN whose activations are cut there, and no less", async () => {
    const network = seasoned(mlp(), 3);
    const x = vectors(64);
    const scales = await scalesFrom(network, x, 90);
    const p = network.parameters;
    const cut = tidy(() => {
      const layer = (h: Tensor, id: string): Tensor => h.matMul(p[`${id}.weight`] as Tensor2D).add(p[`${id}.bias`]!);
      const a = layer(x, "a").clipByValue(0, scales.activations.ar!);
      const b = layer(a, "b").clipByValue(0, scales.activations.br!);
      return [...layer(b, "out").dataSync()];
    });
    const exact = dnnLogits(network, x);
    const floor = cut.reduce((sum, value, i) => sum + Math.abs(value - exact[i]!), 0) / cut.length;
    const snn = convertNetwork(network, {T: 1000, scales});
    const [toDnn, toCut] = [errorsOver(snn, x, exact, 1000), errorsOver(snn, x, cut, 1000)];
    assert.ok(floor > 0.02, `floor ${floor}`);
    assert.ok(Math.abs(toDnn[999]! - floor) < 0.1 * floor, `${toDnn[999]} beside a floor of ${floor}`);
    assert.ok(toCut[999]! < 0.1 * floor, `${toCut[999]} from the cut DNN`);
  });

  it("of graphs with skip edges converges to their DNN, by thresholds", async () => {
    for (const [description, seed] of [
      [residual(), 5],
      [tinyArchitecture({activation: "relu", T: 1, cell: parseCell("0313 0031 0003 0000")}), 6],
    ] as const) {
      // prettier-ignore
      const network = seasoned(description, seed);
      const x = noise(8);
      const reference = dnnLogits(network, x);
      const size = reference.reduce((sum, value) => sum + Math.abs(value), 0) / reference.length;
      const errors = errorsOver(await converted(network, x), x, reference, 400);
      assert.ok(errors[399]! < 0.05 * size, `error ${errors[399]} of logits of ${size}`);
      assert.ok(errors[399]! < errors[24]! / 4, `${errors[24]} after 25, ${errors[399]} after 400`);
      await assert.rejects(converted(network, x, {balance: "layers"}), /invalid balance: layers; expected thresholds: .* reads more than one layer's own values/); // prettier-ignore
    }
  });

  it("takes a maximum of rates from the neuron that has spiked most so far", async () => {
    const net = convNet({...CNN, layers: [{kind: "conv", channels: 6}, {kind: "maxPool"}, {kind: "conv", channels: 8}, {kind: "maxPool"}]}); // prettier-ignore
    const network = seasoned(net, 7);
    const x = noise(8);
    const reference = dnnLogits(network, x);
    const snn = await converted(network, x, {T: 400});
    assert.deepStrictEqual(nodesOf(snn.graph, "maxPool").map(({op}) => op.by), ["spikeCount", "spikeCount"]); // prettier-ignore
    const size = reference.reduce((sum, value) => sum + Math.abs(value), 0) / reference.length;
    const errors = errorsOver(snn, x, reference, 400);
    assert.ok(errors[399]! < 0.05 * size && errors[399]! < errors[24]! / 2, `errors ${errors[24]}, ${errors[399]} of ${size}`); // prettier-ignore
  });

  it("can let the outputs spike: their positive part", async () => {
    const network = seasoned(mlp(), 8);
    const x = vectors(32);
    const positive = dnnLogits(network, x).map((value) => Math.max(0, value));
    const errors = errorsOver(await converted(network, x, {readout: "spikes"}), x, positive, 400);
    assert.ok(errors[399]! < 0.03, `${errors[399]}`);
  });

  it("takes the same memory at every timestep", async () => {
    await useBackend("wasm");
    const network = seasoned(CNN, 9);
    const x = noise(8);
    const snn = await converted(network, x, {T: 200});
    const before = memory().numTensors;
    const bytes: number[] = [];
    forwardStepwise(snn, x, {onTimestep: () => bytes.push(memory().numBytes)}).dispose();
    assert.strictEqual(bytes.length, 200);
    assert.strictEqual(bytes[199], bytes[9]);
    assert.strictEqual(Math.max(...bytes), bytes[9]);
    assert.strictEqual(memory().numTensors, before, "tensors left behind");
  });

  it("refuses what is no DNN of ReLUs, and says which op", async () => {
    await useBackend("cpu");
    const scales = {activations: {}, outputs: 1};
    const refused = (graph: Graph, message: RegExp): void => {
      const network = initialise(graph, randomKey(1));
      assert.throws(() => convertNetwork(network, {T: 4, scales}), message);
    };
    const spiking = initialise(convNet({...CNN, neuron: neuronOf("lif")}), randomKey(1)).graph;
    refused(spiking, /invalid network: neurons in conv1; expected a DNN, whose activations are ReLUs/);
    refused(initialise(convNet({...CNN, encoding: "rate"}), randomKey(1)).graph, /invalid encoding: rate; expected direct/); // prettier-ignore
    refused(initialise(tinyArchitecture({activation: "relu", cell: parseCell("0303 0030 2002 0200")}), randomKey(1)).graph, /invalid network: feedback to/); // prettier-ignore
  });

  it("brings a trained CNN within one point of its accuracy", async function () {
    this.timeout(120_000);
    await useBackend("wasm");
    const data = await tinyData(1000, 200);
    const net = convNet({input: {size: 16, channels: 3}, layers: [{kind: "conv", channels: 8}, {kind: "avgPool"}, {kind: "conv", channels: 16}, {kind: "maxPool"}], voters: 1, neuron: null}); // prettier-ignore
    const train = Uint32Array.from({length: 1000}, (_, i) => i);
    const {network} = await fit(net, {data, train, validation: new Uint32Array(0), recipe: recipe({epochs: 6, batchSize: 20, learningRate: 0.005, crop: 0, flip: false}, SMALL_RECIPE), key: randomKey(3, "cnn")}); // prettier-ignore
    const dnn = await evaluate(network, data, data.test);
    const {x: images, labels} = batchOf(data, data.train, [...train.slice(0, 200)]);
    labels.dispose();
    const snn = await converted(network, images, {T: 150}, 99.9);
    const over = await simulate(snn, data, data.test);
    const latency = latencyOf(over.accuracy, dnn.accuracy);
    assert.ok(dnn.accuracy > 0.6, `DNN ${dnn.accuracy}`);
    assert.ok(latency !== undefined, `DNN ${dnn.accuracy}, converted ${over.accuracy.at(-1)}`);
    console.log(`      DNN ${dnn.accuracy}, within one point from T = ${latency}, ${over.accuracy.at(-1)} at T = 150`);
    assert.ok(Math.abs(over.accuracy.at(-1)! - dnn.accuracy) <= 0.0201, `${over.accuracy.at(-1)}`);
    const whole = await evaluate(snn, data, data.test, {batchSize: 100});
    assert.strictEqual(whole.accuracy, over.accuracy.at(-1));
    assertClose([whole.synOps], [over.synOps.at(-1)!], {rtol: 1e-6});
  });

  it("is as late as the first T that is within a point", () => {
    assert.strictEqual(latencyOf([0.1, 0.7, 0.895, 0.88, 0.9], 0.9), 3);
    assert.strictEqual(latencyOf([0.1, 0.89], 0.9), 2);
    assert.strictEqual(latencyOf([0.1, 0.2], 0.9), undefined);
  });
});
