import assert from "node:assert";
import {snasnet} from "../../src/architectures/architecture.js";
import {convNet} from "../../src/architectures/convNet.js";
import {graphOf} from "../../src/architectures/description.js";
import {parseCell} from "../../src/architectures/cell.js";
import {graphBuilder, parseGraph} from "../../src/graphs/build.js";
import {constantNodes} from "../../src/graphs/constant.js";
import type {Graph, GraphOp, Shape} from "../../src/graphs/graph.js";
import {neuronOf, SNASNET_NEURON} from "../../src/graphs/neuron.js";

const INPUT = {kind: "input", encoding: "direct"} as const;

/** The shape that an op gives from inputs of these shapes. */
function shapeAfter(op: GraphOp, ...inputs: Shape[]): Shape {
  const b = graphBuilder(1);
  const ids = inputs.map((shape, i) => b.add(`i${i}`, INPUT, [], {shape}));
  return b.shapeOf(b.add("x", op, ids));
}

describe("graphs are built node by node", () => {
  const cases: readonly (readonly [GraphOp, readonly Shape[], Shape])[] = [
    [{kind: "conv2d", kernelSize: 11, stride: 1, channels: 5, bias: false}, [[7, 9, 3]], [7, 9, 5]],
    [{kind: "conv2d", kernelSize: 3, stride: 2, channels: 5, bias: true}, [[7, 8, 3]], [4, 4, 5]],
    [{kind: "linear", units: 6, bias: true}, [[12]], [6]],
    [{kind: "batchNorm", statistics: "joint"}, [[4, 4, 2]], [4, 4, 2]],
    [{kind: "neurons", neuron: SNASNET_NEURON}, [[5]], [5]],
    [{kind: "relu"}, [[4, 4, 2]], [4, 4, 2]],
    [{kind: "avgPool", window: 3, stride: 1, padding: "same"}, [[4, 4, 2]], [4, 4, 2]],
    [{kind: "avgPool", window: 2, stride: 2, padding: "none"}, [[5, 8, 2]], [2, 4, 2]],
    [{kind: "maxPool", window: 3}, [[7, 7, 2]], [2, 2, 2]],
    [{kind: "globalAvgPool"}, [[5, 8, 2]], [2]],
    [{kind: "add"}, [[4, 4, 2], [4, 4, 2]], [4, 4, 2]], // prettier-ignore
    [{kind: "concat"}, [[4, 4, 2], [4, 4, 3]], [4, 4, 5]], // prettier-ignore
    [{kind: "flatten"}, [[4, 4, 2]], [32]],
    [{kind: "dropout", rate: 0.5}, [[32]], [32]],
    [{kind: "meanOverTime"}, [[20]], [20]],
    [{kind: "vote", voters: 4}, [[20]], [5]],
  ];
  for (const [op, inputs, expected] of cases)
    it(`${op.kind} of ${inputs.map((s) => s.join("×")).join(" and ")} has the shape ${expected.join("×")}`, () =>
      assert.deepStrictEqual(shapeAfter(op, ...inputs), expected));

  const wrong: readonly (readonly [GraphOp, readonly Shape[], RegExp])[] = [
    [
      {kind: "conv2d", kernelSize: 4, stride: 1, channels: 5, bias: false},
      [[7, 7, 3]],
      /^invalid kernel size: 4; expected an odd number from 1 to 255 \(pixels\)$/,
    ],
    [
      {kind: "conv2d", kernelSize: 3, stride: 1, channels: 5, bias: false},
      [[21]],
      /^invalid input of x: \[21\]; expected a map \[H, W, C\]$/,
    ],
    [{kind: "linear", units: 6, bias: true}, [[4, 4, 2]], /^invalid input of x: .*flatten maps before a linear layer$/],
    [{kind: "maxPool", window: 3}, [[2, 2, 2]], /^invalid input of x: .*at least 3×3$/],
    [{kind: "add"}, [[4, 4, 2], [4, 4, 3]], /^invalid input of x: \[4,4,3\]; expected the shape 4×4×2 of the others$/], // prettier-ignore
    [{kind: "concat"}, [[4, 4, 2], [3, 4, 2]], /^invalid input of x: .*equal sides$/], // prettier-ignore
    [{kind: "dropout", rate: 1}, [[3]], /^invalid dropout: 1/],
    [{kind: "vote", voters: 3}, [[20]], /^invalid input of x: \[20\]; expected a multiple of 3 units$/],
    [{kind: "neurons", neuron: {...SNASNET_NEURON, tau: 0}}, [[3]], /^invalid tau: 0/],
    [{kind: "gelu"} as never, [[3]], /^invalid op: gelu; expected one of input, conv2d/],
  ];
  for (const [op, inputs, message] of wrong)
    it(`refuses ${op.kind}: ${message.source.slice(1, 40)}`, () =>
      assert.throws(() => shapeAfter(op, ...inputs), {name: "InputError", message}));

  it("refuse a reader before what it reads, two nodes of one name, feedback of another shape and an end without logits", () => {
    const b = graphBuilder(2);
    b.add("input", INPUT, [], {shape: [4]});
    assert.throws(() => b.add("x", {kind: "relu"}, ["later"]), /a node reads later, which does not stand before it/);
    assert.throws(() => b.add("input", INPUT, [], {shape: [4]}), /two nodes are named input/);
    assert.throws(() => b.build(), /invalid last node: input; expected meanOverTime or vote/);
    b.add("sum", {kind: "add"}, ["input", {from: "fc", delay: 1}]);
    b.add("fc", {kind: "linear", units: 3, bias: false}, ["sum"]);
    b.add("mean", {kind: "meanOverTime"}, ["fc"]);
    assert.throws(() => b.build(), /invalid feedback from fc to sum: \[3\]; expected a node of shape 4/);
  });
});

describe("a graph read from outside", () => {
  const graphs: readonly (readonly [string, Graph])[] = [
    ["SNASNet's with feedback", graphOf(snasnet({cell: parseCell("0303 0030 2002 0200"), neuron: neuronOf("alif")}))],
    ["a plain one", graphOf(convNet({neuron: null, T: 1}))],
  ];
  for (const [name, graph] of graphs)
    it(`is what was written: ${name}`, () =>
      assert.deepStrictEqual(parseGraph(JSON.parse(JSON.stringify(graph))), graph));

  it("is refused where a node, a shape, an op or a precision is not right", () => {
    const [, graph] = graphs[1]!;
    const changed = (change: (nodes: Record<string, unknown>[]) => void): unknown => {
      const copy = JSON.parse(JSON.stringify(graph)) as {nodes: Record<string, unknown>[]};
      change(copy.nodes);
      return copy;
    };
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [null, /^invalid graph: null; expected a record of nodes and T$/],
      [{nodes: []}, /^invalid graph/],
      [
        changed((nodes) => (nodes[1]!.shape = [32, 32, 17])),
        /^invalid shape of conv1\.conv: \[32,32,17\]; expected 32×32×16$/,
      ],
      [changed((nodes) => (nodes[1]!.inputs = [{from: "nowhere"}])), /a node reads nowhere/],
      [changed((nodes) => delete nodes[2]!.op), /^invalid node: /],
      [changed((nodes) => (nodes[1]!.weights = {bits: 0, kept: 1})), /^invalid bits of conv1\.conv: 0/],
      [changed((nodes) => (nodes[1]!.weights = {bits: 4, kept: 0})), /^invalid kept fraction of conv1\.conv: 0/],
    ];
    for (const [value, message] of cases) assert.throws(() => parseGraph(value), {name: "InputError", message});
    assert.throws(() => parseGraph({...graph, T: 0}), /^InputError: invalid T: 0/);
  });
});

describe("values that are the same at every timestep", () => {
  it("are those before the first neurons, where the encoding is direct, and those after the mean over time", () => {
    const constant = constantNodes(graphOf(snasnet()));
    for (const id of ["input", "stem.conv", "stem.bn", "cell1.v0", "mean", "logits"]) assert.ok(constant.has(id), id);
    for (const id of ["cell1.n0", "cell1.e01.conv", "cell1.v3", "last.bn", "fc2"]) assert.ok(!constant.has(id), id);
    const rate = constantNodes(graphOf(snasnet({encoding: "rate"})));
    assert.deepStrictEqual([...rate], ["mean", "logits"]);
  });

  it("end where feedback comes in", () => {
    const constant = constantNodes(graphOf(snasnet({cell: parseCell("0303 0030 2002 0200")})));
    assert.ok(constant.has("stem.bn") && !constant.has("cell1.v0"));
  });
});
