import assert from "node:assert";
import {snasnet} from "../../src/architectures/architecture.js";
import {parseCell} from "../../src/architectures/cell.js";
import {graphOf} from "../../src/architectures/description.js";
import {fourierMemory} from "../../src/kernels/fourierPlan.js";
import {keptMaps, keptMapsBudget} from "../../src/networks/keptMaps.js";

describe("networks/keptMaps", () => {
  const {bytes} = keptMapsBudget;
  afterEach(() => (keptMapsBudget.bytes = bytes));
  // Of each cell's five maps two are alone in their sums; three end in the last. 40 MiB each in cell 1, 20 MiB in cell 2.
  const graph = graphOf(snasnet({cell: parseCell("0333 0013 0003 0000"), channels: 64, T: 5}));
  const keptFor = (budget: number): number => {
    keptMapsBudget.bytes = budget * 2 ** 20;
    return [...keptMaps(graph, 32).values()].filter((kept) => kept).length;
  };

  it("keeps maps that are alone in their sum, for those the value is made from, whatever the budget", () => {
    assert.strictEqual(keptMaps(graph, 32).size, 10);
    assert.strictEqual(keptFor(0), 4);
  });

  it("keeps the three of a sum for two maps' bytes, smaller maps with as many products first, and single ones with what is left", () => {
    assert.deepStrictEqual([20, 39, 40, 64, 80, 119, 120].map(keptFor), [5, 5, 7, 7, 8, 8, 10]);
  });

  it("leaves what the gradients of large kernels work in to them", () => {
    const large = graphOf(snasnet({cell: parseCell("0777 0017 0007 0000"), channels: 64, T: 5}));
    const {workspace} = fourierMemory;
    const keptFor7 = (budget: number): number => {
      keptMapsBudget.bytes = budget;
      return [...keptMaps(large, 32).values()].filter((kept) => kept).length;
    };
    assert.deepStrictEqual([0, 20, 40].map((mib) => keptFor7(workspace + mib * 2 ** 20)), [0, 20, 40].map(keptFor)); // prettier-ignore
    assert.strictEqual(keptFor7(workspace + 20 * 2 ** 20 - 1), keptFor(0));
  });

  it("keeps every map that is small", () => {
    keptMapsBudget.bytes = 0;
    assert.ok([...keptMaps(graph, 4).values()].every((kept) => kept));
  });
});
