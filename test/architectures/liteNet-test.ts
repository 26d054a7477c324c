// LitE-SNN's backbone: its published sizes, its wiring, and that it runs and learns.

import assert from "node:assert";
import {graphOf, parseDescription, titleOf} from "../../src/architectures/description.js";
import {allEdges, edgeOfNumber, edgesOfPairs, formatLiteCell, numberOfEdge} from "../../src/architectures/liteCell.js";
import {LITE_PUBLISHED, liteNet, liteWeights, publishedLiteNet} from "../../src/architectures/liteNet.js";
import {weightBits, weightBitsOfNode, weightsOfNode} from "../../src/graphs/cost.js";
import {type Graph, nodeOf} from "../../src/graphs/graph.js";
import {meetingBits, populationsOf, weightedNodes} from "../../src/graphs/populations.js";
import {assertClose} from "../assert.js";

const weightsOf = (graph: Graph): number => weightedNodes(graph).reduce((n, node) => n + weightsOfNode(graph, node), 0);

describe("LitE-SNN's backbone", () => {
  it("has the sizes of the two published examples: weights, and megabytes of a fifth of them at their bits", () => {
    const expected = {readme: [15_603_120, 0.96], leaStereo: [14_898_096, 1.12]} as const;
    for (const [name, [weights, megabytes]] of Object.entries(expected)) {
      const graph = graphOf(publishedLiteNet(name as keyof typeof LITE_PUBLISHED));
      assert.strictEqual(weightsOf(graph), weights, name);
      assert.strictEqual((weightBits(graph) / 8e6).toFixed(2), megabytes.toFixed(2), name);
    }
  });

  it("a convolution from 144 to 48 channels whose bits are not chosen yet: 29,030.4 bits", () => {
    const net = liteNet({filters: 48, weights: liteWeights()});
    const graph = graphOf(net);
    const node = nodeOf(graph, "cell1.e0.conv");
    assert.strictEqual(weightsOfNode(graph, node), 144 * 48 * 9);
    assertClose(weightBitsOfNode(graph, node), 29_030.4, {rtol: 1e-12, atol: 0});
  });

  it("numbers edges as the authors do: 9 of three nodes, 14 of four", () => {
    assert.deepStrictEqual([allEdges(3, "conv").length, allEdges(4, "conv").length], [9, 14]);
    const described = allEdges(3, "conv").map(({from, to}) => `${from}→${to}`);
    assert.deepStrictEqual(described, ["0→0", "1→0", "0→1", "1→1", "2→1", "0→2", "1→2", "2→2", "3→2"]);
    for (let i = 0; i < 14; ++i) assert.strictEqual(numberOfEdge(edgeOfNumber(i)), i);
    assert.strictEqual(formatLiteCell(edgesOfPairs(LITE_PUBLISHED.readme.pairs)), "s0+s1 s0+s1 s0+n0");
    assert.strictEqual(formatLiteCell(edgesOfPairs(LITE_PUBLISHED.leaStereo.pairs)), "s0+s1 s1+n0 s1+n0");
  });

  it("has one population a node and one a pooled input; all convolutions but the stem meet bits", () => {
    const graph = graphOf(publishedLiteNet("readme"));
    const names = populationsOf(graph).map(({name}) => name);
    const pooled = ["cell1.half", "cell2.half", "cell4.half", "cell5.half"];
    const nodes = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((c) => [0, 1, 2].map((n) => `cell${c}.n${n}`));
    assert.deepStrictEqual(names.toSorted(), ["stem", ...pooled, ...nodes].toSorted());
    const analog = weightedNodes(graph).filter(({id}) => !meetingBits(graph).has(id)).map(({id}) => id); // prettier-ignore
    assert.deepStrictEqual(analog, ["stem.conv", "classifier"]);
    assert.deepStrictEqual(nodeOf(graph, "cell8").shape, [8, 8, 576]);
  });

  it("concatenates the last nodes, and pools over more where the level rises by more", () => {
    const graph = graphOf(liteNet({outputs: 2, path: [0, 2]}));
    assert.deepStrictEqual(nodeOf(graph, "cell1").shape, [32, 32, 16]);
    assert.deepStrictEqual(nodeOf(graph, "cell1.quarter").shape, [8, 8, 16]);
    assert.deepStrictEqual(nodeOf(graph, "cell2").inputs.map(({from}) => from), ["cell2.n1", "cell2.n2"]); // prettier-ignore
    assert.deepStrictEqual(nodeOf(graph, "cell2").shape, [8, 8, 64]);
  });

  it("mixes skip and convolution on the edges of a search by parameters that all cells share", () => {
    const graph = graphOf(liteNet({edges: allEdges(3, "mixed"), weights: liteWeights()}));
    const inner = nodeOf(graph, "cell2.e4.mix");
    assert.deepStrictEqual(inner.inputs.map(({from}) => from), ["cell2.n0", "cell2.e4.bn"]); // prettier-ignore
    assert.deepStrictEqual(inner.op, {kind: "mix", parameter: "alpha.e4", choices: 2});
    const outer = nodeOf(graph, "cell1.e0.mix");
    assert.deepStrictEqual(outer.inputs.map(({from}) => from), ["cell1.e0.skip.bn", "cell1.e0.bn"]); // prettier-ignore
    assert.strictEqual(nodeOf(graph, "cell3.e0.skip.conv").weights!.sharedBits, "cell3.bits");
  });

  it("is said in a line and read from a file; what is no backbone is refused", () => {
    const net = liteNet({weights: liteWeights([1, 2, 4])});
    assert.match(titleOf(net), /^LitE-SNN of 3 cell\(s\) s0\+s1 s0\+s1 s0\+n0, 8 filters, T = 4, weights of /);
    assert.deepStrictEqual(parseDescription(JSON.parse(JSON.stringify(net))), net);
    const cases: readonly (readonly [object, RegExp])[] = [
      [{path: [0, 1, 0]}, /^InputError: invalid path: \[0,1,0\]; expected levels from 0 that never fall$/],
      [{edges: [{from: 2, to: 0, op: "conv"}]}, /invalid edge from: 2; expected a state from 0 to 1/],
      [{edges: [{from: 0, to: 1, op: "conv"}]}, /expected at least one into node 0/],
      [{edges: [...net.edges, net.edges[0]]}, /expected each once/],
      [{edges: [{from: 0, to: 0, op: "pool"}]}, /unknown edge op: pool; expected conv, skip or mixed/],
      [{outputs: 4}, /invalid outputs: 4; expected an integer from 1 to 3, the nodes of a cell/],
      [{input: {size: 2, channels: 3}}, /expected a map of at least 4×4/],
      [{width: 3}, /unknown lite option: width/],
    ];
    for (const [changes, message] of cases) assert.throws(() => liteNet(changes), message);
  });
});
