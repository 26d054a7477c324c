// Expected values: LitE-SNN's cost model and loss worked out apart from this code (arXiv 2401.14652), and finite differences.

import assert from "node:assert";
import {graphBuilder} from "../../src/graphs/build.js";
import {choiceOfNodes} from "../../src/graphs/choices.js";
import type {Graph} from "../../src/graphs/graph.js";
import {SNASNET_NEURON} from "../../src/graphs/neuron.js";
import type {WeightFormat} from "../../src/graphs/weightFormat.js";
import {useBackend} from "../../src/kernels/index.js";
import {initialise, type Network} from "../../src/networks/parameters.js";
import {random, randomKey} from "../../src/random.js";
import {type Tensor, tensor, tensor1d, tidy} from "../../src/tf.js";
import {bitSynOpsCost, memoryCost} from "../../src/training/expectedCost.js";
import {lossOf} from "../../src/training/loss.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {noise} from "../tiny.js";

const SEARCHED: WeightFormat = {bits: [1, 2, 4], kept: 0.2, quantiser: "gaussian", sharedBits: "cell.bits"};

/** Spikes of `channels` channels through one 3×3 convolution to `out`; with `choices`, one of two in a mixture. */
function oneConvolution({
  channels = 3,
  out = 2,
  side = 4,
  T = 3,
  choices = false,
  weights = SEARCHED,
}: {
  channels?: number;
  out?: number;
  side?: number;
  T?: number;
  choices?: boolean;
  weights?: WeightFormat;
} = {}): Graph {
  const b = graphBuilder(T);
  b.add("input", {kind: "input", encoding: "direct"}, [], {shape: [side, side, channels]});
  b.add("spikes", {kind: "neurons", neuron: SNASNET_NEURON}, ["input"]);
  const conv = (id: string, kernelSize: number): string =>
    b.add(id, {kind: "conv2d", kernelSize, stride: 1, channels: out, bias: false}, ["spikes"], {weights});
  const value = choices
    ? b.add("mixed", {kind: "mix", parameter: "alpha", choices: 3}, [conv("three", 3), conv("one", 1)])
    : conv("three", 3);
  b.add("pooled", {kind: "globalAvgPool"}, [value]);
  b.add("mean", {kind: "meanOverTime", prefixes: T}, ["pooled"]);
  return b.build();
}

const costly = (graph: Graph): Network => initialise(graph, randomKey(1));

describe("the expected cost of a search", () => {
  before(() => useBackend("cpu"));

  it("is 29,030.4 bits of a CompConv 144 → 48 of which a fifth is kept, with bits 1, 2 and 4 alike", () => {
    const {bits, unit} = memoryCost(costly(oneConvolution({channels: 144, out: 48})));
    assertClose(bits.dataSync(), [29030.4], {rtol: 1e-6});
    assertClose(unit, 0.2 * 4 * 9 * 144 * 48);
  });

  it("weighs choices, or counts them whole", () => {
    const network = costly(oneConvolution({choices: true}));
    const parameters = {...network.parameters, alpha: tensor1d([Math.log(2), Math.log(5), 0])}; // 1/4, 5/8, 1/8
    const each = (0.2 * 7) / 3;
    assertClose(memoryCost({...network, parameters}).bits.dataSync(), [each * (54 / 4 + (6 * 5) / 8)]);
    assertClose(memoryCost({...network, parameters}, "whole").bits.dataSync(), [each * 60]);
    assertClose(memoryCost(network).unit, (0.2 * 4 * 60) / 3);
    assert.deepStrictEqual([...choiceOfNodes(network.graph).keys()], ["three", "one"]);
  });

  it("makes LitE-SNN's loss with λ1 = 5e-10 and λ2 = 5e-14", () => {
    const graph = oneConvolution({weights: {bits: 1, kept: 1}});
    const neurons = 48;
    const connections = 3 * 2 * 10 * 10; // along an axis of 4, a 3-wide kernel meets 10 pairs
    const counts = {spikes: [1e9, 2e9, 3e9].map((operations) => (operations * neurons) / connections)};
    const p = tensor1d([0.337585, 0.250089, 0.412327]);
    const {operations, unit} = bitSynOpsCost({...costly(graph)}, counts, {B: 1, p});
    assertClose(5e-14 * operations.dataSync()[0]!, 0.000178, {rtol: 2e-3});
    assertClose(0.474575 + 5e-10 * 8e6 + 5e-14 * operations.dataSync()[0]!, 0.478753, {rtol: 1e-6});
    assertClose(unit, 4 * 6e9, {rtol: 1e-6});
  });

  it("is 1 in its unit at 4 bits and all timesteps", () => {
    const network = costly(oneConvolution({weights: {bits: 4, kept: 0.2}, choices: true}));
    const {bits, unit} = memoryCost(network);
    assertClose(bits.dataSync()[0]! / unit, 1);
    const cost = bitSynOpsCost(network, {spikes: [10, 7, 3]}, {B: 2, p: tensor1d([0, 0, 1])});
    assertClose(cost.operations.dataSync()[0]! / cost.unit, 1);
  });

  it("has gradients by bits, choices and timesteps that equal finite differences, and by nothing else", async () => {
    await useBackend("wasm");
    const start = costly(oneConvolution({choices: true, side: 8, T: 3}));
    const stream = random(randomKey(3));
    const drawn = (n: number): Tensor => tensor1d(Array.from({length: n}, () => stream.normal()));
    const parameters: Record<string, Tensor> = {
      ...start.parameters,
      alpha: drawn(3),
      timesteps: drawn(3),
      "cell.bits": drawn(3),
    };
    const network = {...start, parameters};
    const [x, y] = [noise(3), tensor1d([0, 1, 0], "int32")];
    const terms = [
      {name: "memory", weight: 1},
      {name: "bitSynOps", weight: 1},
    ] as const;
    // Without an objective: the loss is the terms' alone.
    const loss = {...lossOf({terms}), objective: {name: "nothing", value: () => tensor(0).asScalar()}};
    const {gradients, terms: found} = lossAndGradients(network, x, y, {loss});
    assert.ok(found.memory! > 0 && found.bitSynOps! > 0);
    for (const name of ["alpha", "timesteps", "cell.bits"]) {
      const p = network.parameters[name]!;
      for (let i = 0; i < 3; ++i) {
        const along = tensor1d([0, 1, 2].map((j) => (i === j ? 1 : 0)));
        const lossAt = (step: number): number =>
          lossAndGradients({...network, parameters: {...parameters, [name]: p.add(along.mul(step))}}, x, y, {loss})
            .loss;
        assertClose(gradients[name]!.dataSync()[i]!, (lossAt(1e-2) - lossAt(-1e-2)) / 2e-2, {rtol: 5e-3, atol: 1e-4, what: `${name} ${i}`}); // prettier-ignore
      }
    }
    assertClose(
      tidy(() => gradients.three!.abs().sum().dataSync()),
      [0],
    );
  });
});
