// Graphs that hold choices: mixtures of values by a shared parameter, and of numbers of timesteps. Expected values: softmax by hand,
// finite differences, and networks in which one choice alone is there.

import assert from "node:assert";
import {graphBuilder} from "../../src/graphs/build.js";
import {paramsOf} from "../../src/graphs/cost.js";
import type {Graph} from "../../src/graphs/graph.js";
import {SNASNET_NEURON} from "../../src/graphs/neuron.js";
import {TIMESTEPS} from "../../src/graphs/ops.js";
import {useBackend} from "../../src/kernels/index.js";
import {forward} from "../../src/networks/forward.js";
import {countParameters, initialise, type Network} from "../../src/networks/parameters.js";
import {random, randomKey} from "../../src/random.js";
import {type Tensor, tensor, tensor1d} from "../../src/tf.js";
import {lossOf} from "../../src/training/loss.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise} from "../tiny.js";

const NEURON = {...SNASNET_NEURON, detachReset: false};
const statistics = "perTimestep" as const;

/** Two nodes with the same three choices: a 1×1 convolution, a 3×3 convolution, nothing; `only` keeps one of them. */
function choiceGraph({T = 3, only, mixed = true}: {T?: number; only?: 1 | 3; mixed?: boolean} = {}): Graph {
  const b = graphBuilder(T);
  b.add("input", {kind: "input", encoding: "direct"}, [], {shape: [8, 8, 3]});
  b.add("stem", {kind: "conv2d", kernelSize: 3, stride: 1, channels: 4, bias: false}, ["input"]);
  let value = b.add("stem.bn", {kind: "batchNorm", statistics: "once"}, ["stem"]);
  for (const stage of ["a", "b"]) {
    const spikes = b.add(stage, {kind: "neurons", neuron: NEURON}, [value]);
    const maps = ([1, 3] as const).map((kernelSize) => {
      if (only && only !== kernelSize) return undefined;
      b.add(`${stage}.conv${kernelSize}`, {kind: "conv2d", kernelSize, stride: 1, channels: 4, bias: false}, [spikes]);
      return b.add(`${stage}.bn${kernelSize}`, {kind: "batchNorm", statistics}, [`${stage}.conv${kernelSize}`]);
    });
    const there = maps.filter((map) => map !== undefined);
    value = b.add(`${stage}.sum`, only ? {kind: "add"} : {kind: "mix", parameter: "alpha", choices: 3}, there);
  }
  b.add("last", {kind: "neurons", neuron: NEURON}, [value]);
  b.add("flatten", {kind: "flatten"}, ["last"]);
  b.add("readout", {kind: "linear", units: 8, bias: true}, ["flatten"]);
  b.add("mean", {kind: "meanOverTime", ...(mixed && {prefixes: T})}, ["readout"]);
  b.add("logits", {kind: "vote", voters: 2}, ["mean"]);
  return b.build();
}

const withValues = (network: Network, values: Readonly<Record<string, Tensor>>): Network => ({
  ...network,
  parameters: {...network.parameters, ...values},
});
const logitsOf = (network: Network, x = noise(3)): Float32Array =>
  forward(network, x, {training: false}).logits.dataSync() as Float32Array;

/** Weights of 1 and 0 to float32's last bit. */
const oneHot = (choice: number, choices: number): Tensor =>
  tensor1d(Array.from({length: choices}, (_, i) => (i === choice ? 200 : 0)));

describe("a network with choices", () => {
  onEachBackend(() => {
    it("has the parameter of a mixture once, uniform at first", () => {
      const network = initialise(choiceGraph(), randomKey(1));
      assert.deepStrictEqual(Array.from(network.parameters.alpha!.dataSync()), [0, 0, 0]);
      assert.deepStrictEqual(Array.from(network.parameters[TIMESTEPS]!.dataSync()), [0, 0, 0]);
      assert.strictEqual(countParameters(network), paramsOf(network.graph));
    });

    it("answers like the one of a choice that weighs all", () => {
      const network = initialise(choiceGraph(), randomKey(1));
      for (const [i, only] of ([1, 3] as const).entries()) {
        const decided = initialise(choiceGraph({only}), randomKey(1));
        const shifts = Object.fromEntries(["a", "b"].flatMap((stage) => [1, 3].map((k, j) => [`${stage}.bn${k}.beta`, tensor1d([0.3, -0.2, 0.5, j])]))); // prettier-ignore
        const own = Object.fromEntries(Object.entries(shifts).filter(([name]) => name in decided.parameters));
        const one = withValues(network, {...shifts, alpha: oneHot(i, 3)});
        assertClose(logitsOf(one), logitsOf(withValues(decided, own)), {rtol: 1e-5, atol: 1e-5});
      }
    });

    it("answers after fewer timesteps where their number weighs all", () => {
      const network = initialise(choiceGraph(), randomKey(1));
      for (const t of [1, 2, 3]) {
        const short = initialise(choiceGraph({T: t, mixed: false}), randomKey(1));
        const one = withValues(network, {[TIMESTEPS]: oneHot(t - 1, 3)});
        assertClose(logitsOf(one), logitsOf(short), {rtol: 1e-5, atol: 1e-5});
      }
    });

    it("gives its values weights by the softmax, nothing one too", () => {
      const b = graphBuilder(1);
      b.add("input", {kind: "input", encoding: "direct"}, [], {shape: [8, 8, 3]});
      b.add("half", {kind: "mix", parameter: "alpha", choices: 2}, ["input"]);
      b.add("flat", {kind: "globalAvgPool"}, ["half"]);
      b.add("mean", {kind: "meanOverTime"}, ["flat"]);
      const network = withValues(initialise(b.build(), randomKey(1)), {alpha: tensor1d([Math.log(3), 0])});
      const x = noise(2);
      assertClose(logitsOf(network, x), x.mean([1, 2]).mul(0.75).dataSync());
    });
  });

  it("has gradients by its choices that equal finite differences", async () => {
    await useBackend("cpu");
    const start = initialise(choiceGraph(), randomKey(6));
    const stream = random(randomKey(3));
    const drawn = (): Tensor => tensor1d([0, 1, 2].map(() => stream.normal()));
    const network = withValues(start, {alpha: drawn(), [TIMESTEPS]: drawn()});
    const [x, y] = [noise(3), tensor1d([0, 1, 3], "int32")];
    for (const objective of [{name: "crossEntropy"}, {name: "crossEntropyByPrefix"}] as const) {
      const options = {loss: lossOf({objective}), firing: "smooth"} as const;
      const {gradients} = lossAndGradients(network, x, y, options);
      for (const name of ["alpha", TIMESTEPS, "stem.bn.beta"]) {
        const p = network.parameters[name]!;
        const signs = tensor(
          Array.from({length: p.size}, (_, i) => (i === 1 ? -1 : 1)),
          p.shape,
        );
        const lossAt = (step: number): number =>
          lossAndGradients(withValues(network, {[name]: p.add(signs.mul(step))}), x, y, options).loss;
        const slope = (lossAt(1e-2) - lossAt(-1e-2)) / 2e-2;
        const expected = gradients[name]!.mul(signs).sum().dataSync()[0]!;
        assertClose(slope, expected, {rtol: 5e-3, atol: 2e-4, what: name}); // losses are float32
      }
    }
  });

  it("is refused where its numbers do not fit", () => {
    const b = graphBuilder(2);
    b.add("input", {kind: "input", encoding: "direct"}, [], {shape: [8]});
    assert.throws(() => b.add("m", {kind: "mix", parameter: "a", choices: 1}, ["input", "input"]), /invalid inputs of m: 2; expected at most 1/); // prettier-ignore
    b.add("mean", {kind: "meanOverTime", prefixes: 3}, ["input"]);
    assert.throws(() => b.build(), /invalid prefixes: 3; expected 2, the timesteps of the graph/);
  });
});

describe("the fused mixture", () => {
  it("has the values and gradients of its definition", async () => {
    const parameters = {alpha: tensor1d([0.3, -0.4, 0.2]), [TIMESTEPS]: tensor1d([0.1, 0.5, -0.2])};
    const gradientsOn = async (backend: "wasm" | "cpu") => {
      await useBackend(backend);
      const network = withValues(initialise(choiceGraph(), randomKey(6)), parameters);
      const {gradients, loss, statistics} = lossAndGradients(network, noise(3), tensor1d([0, 1, 3], "int32"));
      const all = {...gradients, ...statistics};
      return {loss, values: Object.fromEntries(Object.entries(all).map(([name, t]) => [name, t.dataSync()]))};
    };
    const [fused, defined] = [await gradientsOn("wasm"), await gradientsOn("cpu")];
    assertClose(fused.loss, defined.loss, {rtol: 1e-5});
    for (const [name, values] of Object.entries(defined.values))
      assertClose(fused.values[name]!, values, {rtol: 2e-3, atol: 2e-5, what: name});
  });
});
