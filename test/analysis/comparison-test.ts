import assert from "node:assert";
import {join} from "node:path";
import {comparisonTable} from "../../src/analysis/comparison.js";
import type {TrialRecord} from "../../src/records/trial.js";
import {packageRoot} from "../../src/root.js";
import {readRecords} from "../../src/studies/journal.js";
import {assertClose} from "../assert.js";

const [template] = readRecords(join(packageRoot, "test/fixtures/kernel-impact")) as [TrialRecord];

/** A trial of a group and seed with this accuracy, or a silent one. */
const trial = (group: string | number, seed: number, testAccuracy: number | undefined, params = 1000): TrialRecord => {
  const {testAccuracy: _own, ...record} = template;
  const result = testAccuracy === undefined ? {status: "silent" as const} : {testAccuracy};
  return {...record, id: `${group}-${seed}`, labels: {kind: group}, seed, params, ...result};
};

// Student's t for 2 degrees of freedom and 95 %: 4.302653 (tables)
const HALF = (sd: number): number => (4.302653 * sd) / Math.sqrt(3);

describe("comparisonTable", () => {
  const records = [
    ...[0.5, 0.52, 0.57].map((accuracy, i) => trial("a", i + 1, accuracy)),
    ...[0.56, 0.57, 0.64].map((accuracy, i) => trial("b", i + 1, accuracy, 3000)),
  ];

  it("has a row for each group: means in percent with their t-intervals, by hand", () => {
    const [a, b] = comparisonTable(records, "kind", "a");
    assert.deepStrictEqual([a!.group, a!.n, a!.failed, b!.group, b!.n], ["a", 3, 0, "b", 3]);
    const sd = 3.605551; // of 50, 52 and 57
    assertClose([a!.accuracy!, a!.accuracyLow!, a!.accuracyHigh!], [53, 53 - HALF(sd), 53 + HALF(sd)]);
    assert.deepStrictEqual([a!.params, b!.params], [1000, 3000]);
    assertClose(a!.synOps!, template.synOps!);
    assertClose(a!.energy!, template.energy!.pJ / 1e6); // µJ
  });

  it("takes differences seed by seed, in points", () => {
    const [a, b] = comparisonTable(records, "kind", "a");
    const sd = 1.0; // of 6, 5 and 7: the pairs differ less than the groups
    assertClose([b!.difference!, b!.differenceLow!, b!.differenceHigh!], [6, 6 - HALF(sd), 6 + HALF(sd)]);
    assert.strictEqual(a!.difference, undefined);
    const [back] = comparisonTable(records, "kind", "b");
    assertClose(back!.difference!, -6);
  });

  it("counts trials without a result, and pairs what is left", () => {
    const rows = comparisonTable([...records, trial("c", 1, 0.7), trial("c", 2, undefined)], "kind", "a");
    const c = rows[2]!;
    assert.deepStrictEqual([c.n, c.failed], [1, 1]);
    assertClose([c.accuracy!, c.difference!], [70, 20]);
    assert.deepStrictEqual([c.accuracyLow, c.differenceHigh], [undefined, undefined]); // one seed: no interval
    const [silent] = comparisonTable([trial("d", 1, undefined)], "kind", "d");
    assert.deepStrictEqual([silent!.n, silent!.failed, silent!.accuracy, silent!.params], [0, 1, undefined, 1000]);
  });

  it("orders numbers, keeps the order of words, and compares with nothing where the reference is absent", () => {
    const groups = (labels: readonly (string | number)[]) =>
      comparisonTable(labels.map((label) => trial(label, 1, 0.5)), "kind", "absent").map(({group}) => group); // prettier-ignore
    assert.deepStrictEqual(groups([10, 9, 1]), [1, 9, 10]);
    assert.deepStrictEqual(groups(["z", "a"]), ["z", "a"]);
    assert.ok(comparisonTable(records, "kind", "absent").every(({difference}) => difference === undefined));
  });
});
