// Expected values: decisions that can be read off the weights by hand; bytes by the closed form of what is left.

import assert from "node:assert";
import {formatCell, parseCell} from "../../src/architectures/cell.js";
import {weightBytes} from "../../src/architectures/cost.js";
import {type ChoiceWeights, decode} from "../../src/architectures/decode.js";
import {allEdges, formatLiteCell} from "../../src/architectures/liteCell.js";
import {liteNet, liteWeights} from "../../src/architectures/liteNet.js";
import {choicesOfOp, type Op, parseOp} from "../../src/architectures/ops.js";
import {choiceCell} from "../../src/architectures/spaces.js";
import {validateArchitecture} from "../../src/architectures/validate.js";
import {COMPCONV} from "../../src/architectures/weightPlan.js";
import {smallArchitecture} from "../tiny.js";

const OPS: readonly Op[] = ["zeroize", "skip", "conv1", "conv3"];
const searched = () => smallArchitecture({cell: choiceCell(4, OPS), searchesT: true, T: 3, weights: COMPCONV});

/** Weights that lean to these ops of the edges, and to these bits and timesteps. */
function leaning(
  ops: Readonly<Record<string, Op>>,
  {bits = {}, T = 3}: {bits?: Readonly<Record<string, number>>; T?: number} = {},
): ChoiceWeights {
  const a = searched();
  const peak = (n: number, at: number): number[] => Array.from({length: n}, (_, i) => (i === at ? 0.7 : 0.3 / (n - 1)));
  const edges = a.cells[0]!.flatMap((row, from) =>
    row.flatMap((op, to): [string, number[]][] => {
      const choices = choicesOfOp(op);
      return choices.length > 1
        ? [[`alpha.e${from}${to}`, peak(choices.length, choices.indexOf(ops[`${from}${to}`] ?? "skip"))]]
        : [];
    }),
  );
  const parts = ["stem", "cell1", "reduction1", "cell2", "fc1", "fc2"].map((part): [string, number[]] => [
    `${part}.bits`,
    peak(3, [1, 2, 4].indexOf(bits[part] ?? 2)),
  ]);
  return Object.fromEntries([...edges, ...parts, ["timesteps", peak(3, T - 1)]]);
}

describe("an op that is a choice", () => {
  it("lists its ops, zeroize last, and is written as it is read", () => {
    assert.deepStrictEqual(choicesOfOp("zeroize|conv3|skip"), ["conv3", "skip", "zeroize"]);
    assert.deepStrictEqual(choicesOfOp("conv3"), ["conv3"]);
    assert.deepStrictEqual(parseOp("conv1|conv3"), {kind: "choice", ops: ["conv1", "conv3"]});
    const cell = choiceCell(3, OPS);
    assert.deepStrictEqual(parseCell(formatCell(cell)), cell);
  });

  it("is refused with ops that there are not, or twice the same", () => {
    assert.throws(() => parseOp("conv1|conv2"), /invalid op: conv2; expected a kernel size/);
    assert.throws(() => parseOp("conv1|conv1"), /choices of an edge/);
  });

  it("makes an architecture that is one like any other", () => {
    assert.doesNotThrow(() => validateArchitecture(searched()));
    assert.throws(() => validateArchitecture({...searched(), searchesT: false} as never), /invalid searchesT/);
  });
});

describe("decoding", () => {
  it("takes the op of each edge, the bits of each part and the timesteps that weigh most", () => {
    const weights = leaning({"03": "conv3", "01": "conv1", "13": "skip", "02": "zeroize", "12": "zeroize", "23": "zeroize"}, {bits: {cell1: 4, fc1: 1}, T: 2}); // prettier-ignore
    const found = decode(searched(), weights);
    assert.deepStrictEqual(found.cells[0], parseCell("0203 0001 0000 0000"));
    assert.strictEqual(found.T, 2);
    assert.strictEqual(found.searchesT, undefined);
    const bits = Object.entries(found.weights!.parts!).map(([part, own]) => [part, own.bits]);
    assert.deepStrictEqual(Object.fromEntries(bits), {stem: 2, cell1: 4, reduction1: 2, cell2: 2, fc1: 1, fc2: 2});
  });

  it("removes what leads nowhere", () => {
    const weights = leaning({"03": "skip", "01": "conv3", "13": "zeroize", "12": "zeroize", "02": "zeroize", "23": "zeroize"}); // prettier-ignore
    assert.deepStrictEqual(decode(searched(), weights).cells[0], parseCell("0001 0000 0000 0000"));
  });

  it("keeps two edges at each node where that is asked for, by what they weigh besides skip", () => {
    const weights = {
      ...leaning({}),
      "alpha.e03": [0.5, 0.2, 0.3],
      "alpha.e13": [0.1, 0.5, 0.3, 0.1],
      "alpha.e23": [0.2, 0.1, 0.4, 0.3],
    };
    const [cell] = decode(searched(), weights, {rule: "twoOfNode"}).cells;
    assert.deepStrictEqual(cell!.map((row) => row[3]), ["zeroize", "conv1", "conv3", "zeroize"]); // prettier-ignore
  });

  it("steps down to a budget by what costs least log-weight a byte, and says where there is no way", () => {
    const weights = leaning({"03": "conv3", "01": "conv3", "13": "conv3"}, {bits: {cell1: 4, cell2: 4}});
    const free = weightBytes(decode(searched(), weights));
    for (const maxBytes of [0.95 * free, 0.8 * free]) {
      const found = decode(searched(), weights, {maxBytes});
      assert.ok(weightBytes(found) <= maxBytes);
    }
    const doubtful = {...weights, "fc1.bits": [0.02, 0.48, 0.5]};
    const before = decode(searched(), doubtful);
    const after = decode(searched(), doubtful, {maxBytes: weightBytes(before) - 1});
    const parts = {...before.weights!.parts, fc1: {bits: 2}};
    assert.deepStrictEqual(after, {...before, weights: {...before.weights!, parts}});
    assert.throws(() => decode(searched(), weights, {maxBytes: 100}), /invalid max bytes: 100; expected at least \d+/);
  });

  it("of LitE-SNN's cell keeps the two edges of a node whose convolutions weigh most", () => {
    const net = liteNet({edges: allEdges(2, "mixed"), outputs: 2, searchesT: true, weights: liteWeights()});
    const bits = [1, 2, 3].map((cell): [string, number[]] => [`cell${cell}.bits`, [0.2, 0.5, 0.3]]);
    const alphas = [[0.6, 0.4], [0.1, 0.9], [0.3, 0.7], [0.7, 0.3], [0.6, 0.4]].map((each, i): [string, number[]] => [`alpha.e${i}`, each]); // prettier-ignore
    const found = decode(net, Object.fromEntries([...bits, ...alphas, ["timesteps", [0.1, 0.5, 0.2, 0.2]]]), {rule: "twoOfNode"}); // prettier-ignore
    assert.strictEqual(formatLiteCell(found.edges), "s0~+s1 s0+n0~");
    assert.strictEqual(found.T, 2);
    assert.strictEqual(found.weights!.parts!.cell2!.bits, 2);
  });
});
