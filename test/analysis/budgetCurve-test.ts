import assert from "node:assert";
import {join} from "node:path";
import {budgetCurve} from "../../src/analysis/budgetCurve.js";
import {pick} from "../../src/analysis/pick.js";
import {packageRoot} from "../../src/root.js";
import {readRecords} from "../../src/studies/journal.js";

const records = readRecords(join(packageRoot, "test/fixtures/kernel-impact"));

describe("the curve of budgets", () => {
  it("is, at every budget, what pick chooses under it", () => {
    const curve = budgetCurve(records);
    const sizes = [...new Set(records.map(({params}) => params))];
    for (const maxParams of [...sizes, ...sizes.map((size) => size + 1), 1e9]) {
      const step = curve.filter((one) => one.maxParams <= maxParams).at(-1)!;
      assert.strictEqual(step.choice.architectureId, pick(records, {maxParams}).best.architectureId);
    }
  });

  it("rises in validation accuracy and never looks at the test", () => {
    const curve = budgetCurve(records);
    for (const [i, {choice}] of curve.entries())
      assert.ok(i === 0 || choice.validationAccuracy > curve[i - 1]!.choice.validationAccuracy);
    const swapped = records.map((record, i) => ({...record, testAccuracy: (i % 5) / 10}));
    const ids = (list: typeof curve): string[] => list.map(({choice}) => choice.architectureId);
    assert.deepStrictEqual(ids(budgetCurve(swapped)), ids(curve));
  });
});
