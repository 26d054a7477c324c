import assert from "node:assert";
import {join} from "node:path";
import {choicesOf, pick} from "../../src/analysis/pick.js";
import type {Architecture} from "../../src/architectures/architecture.js";
import {paramsOf} from "../../src/architectures/cost.js";
import {packageRoot} from "../../src/root.js";
import {readRecords} from "../../src/studies/journal.js";
import type {TrialRecord} from "../../src/records/trial.js";
import {assertClose} from "../assert.js";
import {spikebook} from "../cli/program.js";

const FOLDER = join(packageRoot, "test/fixtures/kernel-impact");
const records = readRecords(FOLDER);
const architecture = (record: TrialRecord): Architecture => record.architecture as unknown as Architecture;

describe("pick", () => {
  it("takes the highest mean validation accuracy among what fits", () => {
    for (const maxParams of [...new Set(records.map(({params}) => params))]) {
      const {best, feasible, infeasible} = pick(records, {maxParams});
      const means = new Map<string, number[]>();
      for (const r of records.filter(({params}) => params <= maxParams)) means.set(r.architectureId, [...(means.get(r.architectureId) ?? []), r.validationAccuracy!]); // prettier-ignore
      const expected = [...means].map(([id, values]) => [id, values.reduce((a, b) => a + b) / values.length] as const).sort((a, b) => b[1] - a[1]); // prettier-ignore
      assert.strictEqual(best.architectureId, expected[0]![0]);
      assertClose(best.validationAccuracy, expected[0]![1]);
      assert.strictEqual(feasible.length, means.size);
      assert.ok(
        feasible.every(({params}) => params <= maxParams) && infeasible.every(({params}) => params > maxParams),
      );
    }
  });

  it("never looks at the test accuracy to choose", () => {
    const all = {maxParams: 1e9};
    const swapped = records.map((record, i) => ({...record, testAccuracy: (i % 7) / 10}));
    assert.deepStrictEqual(
      pick(swapped, all).feasible.map(({architectureId}) => architectureId),
      pick(records, all).feasible.map(({architectureId}) => architectureId),
    );
  });

  it("counts a network that two groups drew for the same seed once", () => {
    const [first] = records as [TrialRecord];
    const twice = [first, {...first, id: "again", labels: {kernels: "1+5"}}];
    const [choice, ...others] = choicesOf(twice);
    assert.deepStrictEqual([choice!.seeds, choice!.interval, others.length], [1, "images", 0]);
  });

  it("gives the interval over seeds, or over images where there is one seed", () => {
    const {best} = pick(records, {maxParams: 1e9});
    assert.strictEqual(best.interval, "seeds");
    assert.ok(best.testLow < best.testAccuracy && best.testAccuracy < best.testHigh);
    const one = pick(records.filter(({seed}) => seed === records[0]!.seed), {maxParams: 1e9}).best; // prettier-ignore
    assert.deepStrictEqual([one.interval, one.seeds], ["images", 1]);
    assert.ok(one.testLow < one.testAccuracy && one.testAccuracy < one.testHigh);
  });

  it("counts bytes at the device's precision", () => {
    const smallest = Math.min(...records.map((record) => paramsOf(architecture(record))));
    assert.strictEqual(pick(records, {maxBytes: smallest, bits: 8}).best.weightBytes, smallest);
    assert.throws(() => pick(records, {maxBytes: smallest}), /invalid budget: .*; expected room for a network of the study; the smallest of its \d+ has/); // prettier-ignore
  });

  it("refuses to compare what is not comparable", () => {
    const other = {...records[0]!, data: {...records[0]!.data, checksum: "another"}};
    assert.throws(() => pick([...records, other], {maxParams: 1e9}), /invalid study: 2 data sets or recipes/);
    assert.throws(() => pick([], {maxParams: 1e9}), /invalid study: 0 records; expected at least one trained network/);
  });
});

describe("spikebook pick", () => {
  it("prints the best network, its interval, cost and file, and the runner-up", () => {
    const {stdout, stderr, status} = spikebook(["pick", "--from", FOLDER, "--max-bytes", "2MB", "--bits", "8"]);
    assert.strictEqual(status, 0, stderr);
    assert.match(stdout, /^best: 2 cell\(s\) \d{4} /);
    assert.match(stdout, /test accuracy +\d+\.\d % \(95 %: \d+\.\d to \d+\.\d; \d seeds, t-interval\)/);
    assert.match(stdout, /runner-up: .*[\s\S]*\d of \d architectures fit/);
    assert.match(stdout, /Trained at 32 bits/);
    const json = JSON.parse(spikebook(["pick", "--from", FOLDER, "--max-params", "1e9", "--json"]).stdout) as {best: {seeds: number}}; // prettier-ignore
    assert.ok(json.best.seeds >= 2);
  });

  it("says in one line what is missing or impossible", () => {
    for (const [args, message] of [
      [["--from", FOLDER], /invalid budget: none given; expected --max-params, --max-bytes/],
      [["--from", FOLDER, "--max-bytes", "1kB"], /invalid budget: .*the smallest of its/],
      [["--from", FOLDER, "--max-bytes", "lots"], /invalid number of bytes: lots/],
      [["--from", packageRoot, "--max-bytes", "1MB"], /no study in/],
      [["--max-bytes", "1MB"], /required option '--from <dir>'/],
    ] as const) {
      const {status, stderr} = spikebook(["pick", ...args]);
      assert.strictEqual(status, 2, stderr);
      assert.match(stderr, message);
      assert.strictEqual(stderr.trim().split("\n").length, 1, stderr);
    }
  });
});
