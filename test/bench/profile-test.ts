import assert from "node:assert";
import {partLines, partsOf, type Spent} from "../../bench/profile.js";
import {assertClose} from "../assert.js";

const spent: Spent = new Map([
  ["SpikebookSpikeConv", {ms: 20, calls: 2}],
  ["SpikebookSpikeConvGradients", {ms: 12, calls: 1}],
  ["SpikebookConvFilterGradient", {ms: 18, calls: 1}],
  ["SpikebookInputGradientSum", {ms: 40, calls: 1}],
  ["BatchMatMul", {ms: 10, calls: 1}],
  ["SpikebookNormalisedSum", {ms: 50, calls: 1}],
  ["SpikebookPooledNorm", {ms: 6, calls: 1}],
  ["SpikebookNeuronBitsGradient", {ms: 24, calls: 1}],
  ["Transpose", {ms: 20, calls: 1}],
]);

describe("partsOf", () => {
  it("sorts operations into parts, and says what share convolutions and matrix products have", () => {
    const {parts, dense} = partsOf(spent, 2);
    assert.deepStrictEqual(Object.fromEntries(parts.map(({part, ms}) => [part, ms])), {
      "convolutions, forward": 10,
      "convolutions, both gradients": 6,
      "convolutions, filter gradients": 9,
      "convolutions, input gradients": 20,
      "matrix products": 5,
      normalisation: 28,
      neurons: 12,
      "the rest": 10,
    });
    assertClose(dense, 0.5);
    assert.strictEqual(partLines(spent, 2).at(-1), "convolutions and matrix products: 50 % of the operations' time");
  });
});
