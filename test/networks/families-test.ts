// Networks of other families than SNASNet's, and ops that it does not have: against plain loops, against one another, and against
// finite differences.

import assert from "node:assert";
import {type ConvNet, convNet} from "../../src/architectures/convNet.js";
import {graphOf} from "../../src/architectures/description.js";
import {parseCell, withKernelSize} from "../../src/architectures/cell.js";
import {graphBuilder} from "../../src/graphs/build.js";
import type {Graph} from "../../src/graphs/graph.js";
import {neuronOf} from "../../src/graphs/neuron.js";
import {useBackend} from "../../src/kernels/index.js";
import {forward} from "../../src/networks/forward.js";
import {disposeNetwork, initialise, type Network} from "../../src/networks/parameters.js";
import {planOf} from "../../src/networks/plan.js";
import {random, randomKey} from "../../src/random.js";
import {add, type Tensor, tensor, tensor1d, tidy} from "../../src/tf.js";
import {crossEntropy} from "../../src/training/objective.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {average, convolve, type Map4} from "../layers/naive.js";
import {noise, tinyArchitecture} from "../tiny.js";

const values = (x: Tensor): number[] => [...x.dataSync()];
const asMap = (x: Tensor): Map4 => ({shape: x.shape as Map4["shape"], data: values(x)});

const NET: Partial<ConvNet> = {
  input: {size: 8, channels: 3},
  classes: 4,
  layers: [
    {kind: "conv", channels: 4, kernelSize: 5},
    {kind: "maxPool"},
    {kind: "conv", channels: 6, stride: 2},
    {kind: "linear", units: 10},
  ],
  voters: 2,
  T: 3,
};

/** Every op that SNASNet lacks: two branches that are added, concatenated and pooled, and feedback around a population. */
function branched(): Graph {
  const b = graphBuilder(3);
  const neuron = neuronOf("lif", {detachReset: false});
  b.add("input", {kind: "input", encoding: "direct"}, [], {shape: [8, 8, 3]});
  b.add("a", {kind: "conv2d", kernelSize: 3, stride: 1, channels: 4, bias: true}, ["input"]);
  b.add("an", {kind: "neurons", neuron}, ["a"]);
  b.add("b", {kind: "conv2d", kernelSize: 1, stride: 1, channels: 4, bias: true}, ["an"]);
  b.add("bn", {kind: "neurons", neuron}, ["b"]);
  b.add("sum", {kind: "add"}, ["an", "bn"]);
  b.add("c", {kind: "conv2d", kernelSize: 3, stride: 1, channels: 4, bias: false}, ["sum"]);
  b.add("norm", {kind: "batchNorm", statistics: "perTimestep"}, ["c"]);
  b.add("both", {kind: "concat"}, ["norm", "a", "bn"]);
  b.add("max", {kind: "maxPool", window: 2}, ["both"]);
  b.add("relu", {kind: "relu"}, ["max"]);
  b.add("flat", {kind: "flatten"}, ["relu"]);
  b.add("fc", {kind: "linear", units: 6, bias: true}, ["flat"]);
  b.add("loop", {kind: "add"}, [{from: "back", delay: 1}, "fc"]);
  b.add("fn", {kind: "neurons", neuron}, ["loop"]);
  b.add("back", {kind: "linear", units: 6, bias: false}, ["fn"]);
  b.add("out", {kind: "linear", units: 4, bias: true}, ["fn"]);
  b.add("mean", {kind: "meanOverTime"}, ["out"]);
  return b.build();
}

describe("a plain network", () => {
  onEachBackend((backend) => {
    it("of ReLUs is what plain loops compute", () => {
      const relu = convNet({...NET, neuron: null, T: 1, layers: [{kind: "conv", channels: 4, kernelSize: 5}, {kind: "avgPool"}]}); // prettier-ignore
      const network = initialise(relu, randomKey(1));
      const x = noise(2);
      const {logits} = forward(network, x, {training: false});
      const conv = convolve(asMap(x), asMap(network.parameters["conv1.conv"]!), 1);
      const scale = 1 / Math.sqrt(1 + 1e-5); // running mean 0 and variance 1
      const pooled = average({shape: conv.shape, data: conv.data.map((v) => Math.max(0, v * scale))}, 2, 2, 0).data;
      const w = values(network.parameters["readout.weight"]!);
      const expected = [0, 1].flatMap((n) =>
        [0, 1, 2, 3].map((label) => {
          let sum = 0;
          for (const unit of [2 * label, 2 * label + 1])
            for (let i = 0; i < 64; ++i) sum += pooled[64 * n + i]! * w[8 * i + unit]!;
          return sum / 2;
        }),
      );
      assertClose(logits.dataSync(), expected, {rtol: 1e-4, atol: 1e-5});
      disposeNetwork(network);
    });

    it("of neurons gives the same logits and gradients as on the reference backend", async () => {
      const network = (): Network => initialise(convNet(NET), randomKey(2));
      const labels = [0, 1, 2, 3, 0];
      const run = () => {
        const {logits, gradients, loss} = lossAndGradients(network(), noise(5), tensor1d(labels, "int32"));
        return {loss, logits: values(logits), gradients: Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, values(g)]))}; // prettier-ignore
      };
      const ours = run();
      await useBackend("cpu");
      const reference = run();
      await useBackend(backend);
      assertClose(ours.logits, reference.logits, {rtol: 1e-4, atol: 1e-5, what: "logits"});
      for (const [name, g] of Object.entries(reference.gradients))
        assertClose(ours.gradients[name]!, g, {rtol: 1e-3, atol: 1e-6, scale: "max", what: name});
    });

    it("whose samples have time of their own equals direct encoding where every timestep is the same", () => {
      const direct = initialise(convNet(NET), randomKey(3));
      const timed = initialise(convNet({...NET, encoding: "none"}), randomKey(3));
      const x = noise(2);
      const repeated = x.expandDims(0).tile([3, 1, 1, 1, 1]);
      const [a, b] = [forward(direct, x, {training: false}), forward(timed, repeated, {training: false})];
      assertClose(b.logits.dataSync(), a.logits.dataSync(), {rtol: 1e-4, atol: 1e-5});
    });

    it("with branches, sums and concatenations of spikes, and feedback equals the reference backend", async () => {
      const run = (): number[] =>
        values(forward(initialise(branched(), randomKey(5)), noise(3), {training: true}).logits);
      const ours = run();
      await useBackend("cpu");
      const reference = run();
      await useBackend(backend);
      assertClose(ours, reference, {rtol: 1e-4, atol: 1e-5});
    });
  });

  it("has the gradients of finite differences through every op, with a smooth spike", async () => {
    await useBackend("cpu");
    const network = initialise(branched(), randomKey(6));
    const [x, labels] = [noise(3), tensor1d([0, 1, 3], "int32")];
    const {gradients} = lossAndGradients(network, x, labels, {firing: "smooth"});
    const lossAt = (name: string, value: Tensor): number =>
      tidy(() => {
        const parameters = {...network.parameters, [name]: value};
        const {logits} = forward({...network, parameters}, x, {training: true, firing: "smooth"});
        return crossEntropy(logits, labels).dataSync()[0]!;
      });
    for (const [name, p] of Object.entries(network.parameters)) {
      const stream = random(randomKey(7, name));
      const direction = tensor(Float32Array.from({length: p.size}, () => stream.normal()), p.shape); // prettier-ignore
      const step = 2e-3 / Math.sqrt(p.size);
      const slope =
        (lossAt(name, add(p, direction.mul(step))) - lossAt(name, add(p, direction.mul(-step)))) / (2 * step);
      const expected = gradients[name]!.mul(direction).sum().dataSync()[0]!;
      // float32 losses of about 1 differ by 1e-7; maxima and ReLUs have kinks within a step
      assertClose(expected, slope, {rtol: 0.05, atol: 4e-3, what: name});
    }
  });

  it("is computed in fused steps: each population with what reads its spikes", () => {
    const steps = planOf(graphOf(convNet(NET))).map((step) =>
      step.kind === "population"
        ? `${step.norm?.id ?? ""} → ${step.node.id} → ${step.consumers.map(({kind}) => kind).join("+")}`
        : step.kind === "apply"
          ? step.node.id
          : step.kind,
    );
    assert.deepStrictEqual(steps, [
      "conv1.conv",
      "conv1.bn", // once, of the same input at every timestep: before time begins
      " → conv1 → spikes",
      "pool2",
      "conv3.conv",
      "conv3.bn → conv3 → spikes",
      "fc4.flatten",
      "fc4.linear",
      " → fc4 → spikes",
      "readout",
      "mean",
      "logits",
    ]);
  });
});

describe("encodings", () => {
  before(() => useBackend("wasm"));
  const unit = (): Tensor => noise(2).abs().clipByValue(0, 1);

  it("that draw are named by a key: equal keys, equal logits", () => {
    const network = initialise(convNet({...NET, encoding: "rate"}), randomKey(4));
    const logitsOf = (seed: number): number[] =>
      values(forward(network, unit(), {training: true, encode: randomKey(seed)}).logits);
    assert.deepStrictEqual(logitsOf(1), logitsOf(1));
    assert.notDeepStrictEqual(logitsOf(1), logitsOf(2));
  });

  for (const encoding of ["rate", "latency", "logLatency", "signedRate"] as const)
    it(`${encoding}: SNASNet learns from it at every timestep, stem and all`, () => {
      const network = initialise(tinyArchitecture({T: 4, encoding}), randomKey(5));
      const {gradients, loss} = lossAndGradients(network, unit() as never, tensor1d([0, 1], "int32"));
      assert.ok(Number.isFinite(loss));
      assert.ok(gradients["stem.conv"]!.abs().sum().dataSync()[0]! > 0);
    });

  it("refuse samples of another shape, or with time where they have none", () => {
    const network = initialise(convNet(NET), randomKey(4));
    const timed = noise(2).expandDims(0);
    assert.throws(
      () => forward(network, timed, {training: false}),
      /invalid input shape: .*expected \[B, 8, 8, 3\] for the encoding direct/,
    );
    assert.throws(() => forward(network, noise(2, 16), {training: false}), /expected \[B, 8, 8, 3\]/);
    const own = initialise(convNet({...NET, encoding: "none"}), randomKey(4));
    assert.throws(() => forward(own, noise(2), {training: false}), /expected \[3, B, 8, 8, 3\] for the encoding none/);
  });
});

describe("kernels of 11×11", () => {
  it("train on the compiled kernels as by their definition", async () => {
    const a = tinyArchitecture({cell: withKernelSize(parseCell("0333 0012 0003 0000"), 11), channels: 3});
    const run = () => {
      const {logits, gradients} = lossAndGradients(initialise(a, randomKey(8)), noise(2), tensor1d([0, 1], "int32"));
      return [values(logits), values(gradients["cell1.e01.conv"]!), values(gradients["stem.conv"]!)];
    };
    await useBackend("wasm");
    const compiled = run();
    await useBackend("cpu");
    run().forEach((expected, i) => assertClose(compiled[i]!, expected, {rtol: 1e-3, atol: 1e-6, scale: "max"}));
  });
});
