import assert from "node:assert";
import {convNet} from "../../src/architectures/convNet.js";
import {graphOf} from "../../src/architectures/description.js";
import {graphBuilder} from "../../src/graphs/build.js";
import {graphCost, weightBytes} from "../../src/graphs/cost.js";
import type {Graph} from "../../src/graphs/graph.js";
import {neuronOf, SNASNET_NEURON} from "../../src/graphs/neuron.js";
import {metBy, populationsOf} from "../../src/graphs/populations.js";

/** 8×8×2 → conv 3×3, 4 → neurons → 2×2 average → conv 3×3, 6 → neurons → 2×2 maximum → linear 5 → neurons → linear 20, voted by 2. */
const net = convNet({
  input: {size: 8, channels: 2},
  layers: [
    {kind: "conv", channels: 4},
    {kind: "avgPool"},
    {kind: "conv", channels: 6},
    {kind: "maxPool"},
    {kind: "linear", units: 5},
  ],
  voters: 2,
  T: 3,
});
const cost = graphCost(graphOf(net));

/** Pairs of positions that a 3×3 kernel joins on a map of this side. */
const joined = (side: number): number => (3 * side - 2) ** 2;

describe("costs of a plain network, by hand", () => {
  it("params: weights, biases of linear layers, two for each normalised channel", () => {
    const convs = 9 * 2 * 4 + 2 * 4 + 9 * 4 * 6 + 2 * 6;
    const head = 24 * 5 + 5 + 5 * 20 + 20;
    assert.strictEqual(cost.params, convs + head);
    assert.strictEqual(cost.paramsWithoutHead, convs);
  });

  it("macs: the first convolution once; the second, which meets averages of spikes, under the convention", () => {
    assert.strictEqual(cost.macs, 9 * 2 * 4 * 64);
    assert.strictEqual(cost.stemMacs, cost.macs);
    assert.strictEqual(graphCost(graphOf(net), {fc1: "macs"}).macs, 9 * 2 * 4 * 64 + 3 * 9 * 4 * 6 * 16);
    assert.strictEqual(cost.dnnMacs, 9 * 2 * 4 * 64 + 9 * 4 * 6 * 16 + 24 * 5 + 100);
  });

  it("acs: every spike of a window meets the weights of the pooled position", () => {
    const [first, second, third] = populationsOf(graphOf(net));
    assert.deepStrictEqual(
      [first!, second!, third!].map(({name, readers}) => [
        name,
        readers.map(({layer, window}) => `${layer} ${window}`),
      ]),
      [
        ["conv1", ["conv3.conv 2"]],
        ["conv3", ["fc5.linear 2"]],
        ["fc5", ["readout 1"]],
      ],
    );
    assert.strictEqual(first!.readers[0]!.connections, 4 * 4 * 6 * joined(4));
    assert.strictEqual(cost.worstCaseAcs, 3 * (4 * 4 * 6 * joined(4) + 6 * 16 * 5 + 5 * 20));
  });

  it("says what weights meet: analog values, averages, or spikes that a maximum leaves spikes", () => {
    const met = metBy(graphOf(net));
    assert.deepStrictEqual(Object.fromEntries(met), {
      "conv1.conv": "analog",
      "conv3.conv": "pooledSpikes",
      "fc5.linear": "spikes",
      readout: "spikes",
    });
  });

  it("memory: outputs of weights and spikes that pooling reads; one potential a neuron", () => {
    // conv1.conv 4·64, conv1 4·64 (averaged), conv3.conv 6·16, conv3 6·16 (maximum), fc5 5, readout 20
    assert.strictEqual(cost.activationBytes, 4 * (256 + 256 + 96 + 96 + 5 + 20));
    assert.strictEqual(cost.stateBytes, 4 * (256 + 96 + 5));
    assert.strictEqual(graphCost(graphOf({...net, neuron: neuronOf("cubaLif")})).stateBytes, 2 * cost.stateBytes);
  });

  it("memory: spikes that weights read too are kept where anything else reads them", () => {
    const graph = graphOf(net);
    assert.deepStrictEqual(graph.nodes.find(({id}) => id === "readout")!.inputs[0]!.from, "fc5");
    const aside = {id: "aside", op: {kind: "flatten"}, inputs: [{from: "fc5"}], shape: [5]} as const; // beside the readout
    const [last, ...before] = [...graph.nodes].reverse();
    const read = graphCost({...graph, nodes: [...before.reverse(), aside, last!]});
    assert.strictEqual(read.activationBytes, cost.activationBytes + 4 * 5);
  });

  it("receptive field: 3, pool 4, 3 at twice the step 8, pool 10", () => assert.strictEqual(cost.receptiveField, 10));

  it("of ReLUs in place of neurons: everything multiplies, nothing adds", () => {
    const dnn = graphCost(graphOf({...net, neuron: null, T: 1}));
    assert.deepStrictEqual([dnn.macs, dnn.worstCaseAcs, dnn.stateBytes], [cost.dnnMacs, 0, 0]);
    assert.strictEqual(dnn.params, cost.params);
  });
});

describe("bytes at each node's precision", () => {
  const formatted = (bits: number, kept: number): Graph => {
    const graph = graphOf(net);
    const nodes = graph.nodes.map((node) => (node.id === "conv3.conv" ? {...node, weights: {bits, kept}} : node));
    return {...graph, nodes};
  };
  it("are those of 32 bits where nothing is said", () => assert.strictEqual(cost.weightBytes, 4 * cost.params));

  it("count the kept fraction at its bits, and everything else at the bits of the rest", () => {
    const own = 9 * 4 * 6;
    assert.strictEqual(weightBytes(formatted(4, 0.5)), Math.ceil((own * 0.5 * 4 + (cost.params - own) * 32) / 8));
    assert.strictEqual(weightBytes(formatted(4, 0.5), 8), Math.ceil((own * 0.5 * 4 + (cost.params - own) * 8) / 8));
  });
});

describe("spikes that are added up", () => {
  it("still set fan-outs in motion, one for each spike, and are no bits any more", () => {
    const b = graphBuilder(2);
    b.add("input", {kind: "input", encoding: "none"}, [], {shape: [4, 4, 2]});
    b.add("a", {kind: "neurons", neuron: SNASNET_NEURON}, ["input"]);
    b.add("b", {kind: "neurons", neuron: SNASNET_NEURON}, ["input"]);
    b.add("sum", {kind: "add"}, ["a", "b"]);
    b.add("conv", {kind: "conv2d", kernelSize: 1, stride: 1, channels: 3, bias: false}, ["sum"]);
    b.add("flatten", {kind: "flatten"}, ["conv"]);
    b.add("fc", {kind: "linear", units: 2, bias: false}, ["flatten"]);
    b.add("mean", {kind: "meanOverTime"}, ["fc"]);
    const graph = b.build();
    assert.deepStrictEqual(
      populationsOf(graph).map(({readers}) => readers.map(({layer, connections}) => `${layer} ${connections}`)),
      [["conv 96"], ["conv 96"]],
    );
    assert.strictEqual(metBy(graph).get("fc"), "analog");
  });
});
