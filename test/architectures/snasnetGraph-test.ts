import assert from "node:assert";
import {type Architecture, snasnet} from "../../src/architectures/architecture.js";
import {parseCell} from "../../src/architectures/cell.js";
import {graphOf} from "../../src/architectures/description.js";
import {spikenasBenchArchitecture} from "../../src/architectures/spikenasBench.js";
import {type Graph, type GraphNode, nodeOf} from "../../src/graphs/graph.js";
import {metBy, populationsOf, weightedNodes} from "../../src/graphs/populations.js";

const shapesOf = (a: Architecture, ...ids: string[]): (readonly number[])[] =>
  ids.map((id) => nodeOf(graphOf(a), id).shape);
const inputsOf = (graph: Graph, id: string): readonly string[] =>
  nodeOf(graph, id).inputs.map(({from, delay}) => (delay ? `${from} before` : from));

describe("the graph of SNASNet's macro network", () => {
  const feedback = snasnet({
    cell: parseCell("0303 0030 2002 0200"),
    channels: 4,
    input: {size: 8, channels: 3},
    pool: 2,
  });

  it("doubles the channels and halves the side at each reduction", () =>
    assert.deepStrictEqual(shapesOf(snasnet({cellCount: 3}), "cell1.v3", "cell2.v3", "cell3.v3"), [
      [32, 32, 128],
      [16, 16, 256],
      [8, 8, 512],
    ]));

  it("takes images that are not square, side by side", () =>
    assert.deepStrictEqual(
      shapesOf(snasnet({input: {size: [16, 48], channels: 1}}), "input", "cell1.v3", "cell2.v3", "pool"),
      [
        [16, 48, 1],
        [16, 48, 128],
        [8, 24, 256],
        [2, 6, 256],
      ],
    ));

  it("names every node with weights in order of computation, feedback edges after forward ones", () => {
    const edges = (stage: string): string[] =>
      ["e01", "e03", "e12", "e23", "e20", "e31"].map((e) => `${stage}.${e}.conv`);
    assert.deepStrictEqual(
      weightedNodes(graphOf(feedback)).map(({id}) => id),
      ["stem.conv", ...edges("cell1"), "reduction1.conv", ...edges("cell2"), "fc1", "fc2"],
    );
  });

  it("sums at a node what its edges bring, feedback with a delay of one timestep", () => {
    const graph = graphOf(feedback);
    assert.deepStrictEqual(inputsOf(graph, "cell1.v0"), ["cell1.e20.bn before", "stem.bn"]);
    assert.deepStrictEqual(inputsOf(graph, "cell1.v1"), ["cell1.e31.bn before", "cell1.e01.bn"]);
    assert.deepStrictEqual(inputsOf(graph, "cell1.v3"), ["cell1.e03.bn", "cell1.e23.bn"]);
    assert.deepStrictEqual(inputsOf(graphOf(snasnet({cell: parseCell("0041 0000 0000 0000")})), "cell1.v3"), [
      "cell1.v0",
    ]);
  });

  it("chains: the head takes what the last cell leaves", () =>
    assert.deepStrictEqual(shapesOf(feedback, "last", "pool", "flatten", "fc1", "fc2", "logits"), [
      [4, 4, 8],
      [2, 2, 8],
      [32],
      [1024],
      [100],
      [10],
    ]));

  it("gives a node one spike train, however many edges leave it, and a threshold of its own another", () => {
    const a = spikenasBenchArchitecture(2 + 5 * 3 + 25 * 4); // edges 0 → 1, 0 → 2, 0 → 3 at 0.5, 1 and 1.5
    assert.deepStrictEqual(
      populationsOf(graphOf(a)).map(({name, neuron, readers}) => [
        name,
        neuron.threshold,
        readers.map(({layer}) => layer).join(" "),
      ]),
      [
        ["cell1.n0@0.5", 0.5, "cell1.e01.conv"],
        ["cell1.n0", 1, "cell1.e02.conv"],
        ["cell1.n0@1.5", 1.5, "cell1.e03.conv"],
        ["reduction1", 1, "reduction1.conv"],
        ["cell2.n0@0.5", 0.5, "cell2.e01.conv"],
        ["cell2.n0", 1, "cell2.e02.conv"],
        ["cell2.n0@1.5", 1.5, "cell2.e03.conv"],
        ["last", 1, "fc1"],
        ["head", 1, "fc2"],
      ],
    );
    assert.deepStrictEqual(
      populationsOf(graphOf(snasnet())).map(({name}) => name),
      ["cell1.n0", "cell1.n1", "cell1.n2", "reduction1", "cell2.n0", "cell2.n1", "cell2.n2", "last", "head"],
    );
  });

  it("hands weights spikes, but for the stem, and fractions where average pooling comes before", () => {
    const met = metBy(graphOf(feedback));
    const others = (node: GraphNode): boolean => !["stem.conv", "fc1"].includes(node.id);
    assert.strictEqual(met.get("stem.conv"), "analog");
    assert.strictEqual(met.get("fc1"), "pooledSpikes");
    assert.strictEqual(metBy(graphOf({...feedback, pool: 1})).get("fc1"), "spikes");
    for (const node of weightedNodes(graphOf(feedback)).filter(others))
      assert.strictEqual(met.get(node.id), "spikes", node.id);
  });

  it("lets rate-coded images through the stem at every timestep", () => {
    const graph = graphOf({...feedback, encoding: "rate"});
    const stem = nodeOf(graph, "stem.bn").op;
    assert.deepStrictEqual(stem, {kind: "batchNorm", statistics: "perTimestep"});
  });
});
