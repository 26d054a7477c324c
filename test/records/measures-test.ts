import assert from "node:assert";
import {comparisonTable} from "../../src/analysis/comparison.js";
import {ESTIMATORS} from "../../src/architectures/energy.js";
import {EVALUATED_FIELDS, MEASURE_NAMES, measureOf, titled, valueOf} from "../../src/records/measures.js";
import {recordSchema} from "../../src/records/trial.js";
import {SUMMARY_FORMAT, TRIAL_FORMAT} from "../../src/tables/measures.js";
import {trialRows} from "../../src/tables/trials.js";
import {assertClose} from "../assert.js";
import {recordOf} from "./record.js";

describe("the table of measured quantities", () => {
  const record = recordOf();

  it("is the columns of a table of trials, unscaled; those of a run are not in a stable one", () => {
    const [row] = trialRows([record]);
    assert.deepStrictEqual([row!.testAccuracy, row!.testLoss, row!.synOps, row!.seconds], [0.5, 1.5, 1000, 5]);
    assert.strictEqual(row!.energyPJ, record.energy!.pJ);
    const [stable] = trialRows([record], {stable: true});
    const run = MEASURE_NAMES.map(measureOf).filter(({kind}) => kind === "run");
    for (const {field, column = field} of run) assert.ok(column in row! && !(column in stable!), column);
  });

  it("is the columns of a summary, as people read them, with intervals of what was measured", () => {
    const records = [0.4, 0.5, 0.6].map((testAccuracy, i) => recordOf({id: `${i}`, seed: i, testAccuracy}));
    const [row] = comparisonTable(records, "kernelSize", 3);
    assert.strictEqual(row!.n, 3);
    assertClose(row!.accuracy!, 50); // mean of 40, 50 and 60 %; sd 10, t(0.975, 2) = 4.30265, so ± 4.30265 · 10/√3
    assertClose(row!.accuracyHigh! - row!.accuracy!, 24.8414, {rtol: 1e-4});
    assertClose(row!.energy!, (4.6 * record.macs + 0.9 * 1000) / 1e6);
    assert.strictEqual(row!.params, record.params);
    assert.ok(!("paramsLow" in row!) && !("seconds" in row!));
  });

  it("has a price by every estimator, named in the record", () => {
    const {macs} = record;
    for (const [key, pJ] of [
      ["fp32", 4.6 * macs + 0.9 * 1000],
      ["int8", 0.23 * macs + 0.03 * 1000],
      ["loihi", 23.6 * 1000],
    ] as const) {
      assertClose(record.energies![key]!.pJ, pJ);
      assert.strictEqual(record.energies![key]!.estimator, ESTIMATORS[key].name);
    }
    assertClose(valueOf(record, "energyLoihi")!, 23600);
  });

  it("says titles with units, and the digits of every column that a terminal prints", () => {
    assert.strictEqual(titled("accuracy"), "test accuracy (%)");
    assert.strictEqual(titled("synOps"), "synaptic operations per image");
    assert.strictEqual(titled("synOps", {axis: true}), "synaptic operations per image (millions)");
    assert.strictEqual(SUMMARY_FORMAT.units.energy, "µJ");
    assert.strictEqual(TRIAL_FORMAT.digits.testAccuracy, 3);
    assert.strictEqual(TRIAL_FORMAT.digits.energyPJ, 0);
  });

  it("is read back by the schema of records: what an evaluation writes is a number or absent", () => {
    for (const field of EVALUATED_FIELDS) {
      assert.ok(recordSchema.safeParse({...record, [field]: undefined}).success, field);
      assert.ok(!recordSchema.safeParse({...record, [field]: "many"}).success, field);
    }
  });
});
