import assert from "node:assert";
import {existsSync, mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {choicesOf} from "../../src/analysis/pick.js";
import {tradeoff} from "../../src/analysis/tradeoff.js";
import {tradeoffFigure} from "../../src/plots/tradeoff.js";
import {packageRoot} from "../../src/root.js";
import {readRecords} from "../../src/studies/journal.js";
import type {TrialRecord} from "../../src/records/trial.js";
import {spikebook} from "../cli/program.js";

const FOLDER = join(packageRoot, "test/fixtures/kernel-impact");
const records = readRecords(FOLDER);

/** The study with made-up accuracies: kernel 1, 3, 5, 7 validated at these percentages for every seed. */
const withValidation = (percent: readonly number[]): TrialRecord[] =>
  records.map((record) => {
    const k = Number(record.labels.kernelSize);
    return {...record, validationAccuracy: percent[(k - 1) / 2]! / 100};
  });
const kernelOf = (cells: string): number => Number(/[2357]/.exec(cells)![0].replace("2", "1"));

describe("tradeoff", () => {
  it("marks the front by validation accuracy and memory, by hand", () => {
    const {rows} = tradeoff(withValidation([40, 50, 45, 60]));
    const front = rows.filter(({frontMemory}) => frontMemory).map(({cells}) => kernelOf(cells));
    assert.deepStrictEqual(front.sort(), [1, 3, 7]); // 5×5 is larger than 3×3 and worse
    assert.ok(rows.every(({fits}) => fits));
    assert.deepStrictEqual(rows.map(({validation}) => Math.round(validation)), [60, 50, 45, 40]); // prettier-ignore
  });

  it("chooses by benefit among what fits, and shows the others apart", () => {
    const all = withValidation([40, 50, 45, 60]);
    const three = choicesOf(all).find(({architecture}) => JSON.stringify(architecture).includes("conv3"))!;
    const chosen = (options: object): number => kernelOf(tradeoff(all, options).rows.find((row) => row.chosen)!.cells);
    assert.strictEqual(chosen({mu: 0}), 7);
    assert.strictEqual(chosen({mu: 1000}), 1);
    assert.strictEqual(chosen({mu: 0, budget: {maxParams: three.params}}), 3);
    const {rows} = tradeoff(all, {budget: {maxParams: three.params}});
    assert.deepStrictEqual(rows.map(({fits, benefit}) => [fits, benefit === undefined]), [[false, true], [true, false], [false, true], [true, false]]); // prettier-ignore
    const none = tradeoff(all, {budget: {maxParams: 1}});
    assert.ok(!none.rows.some((row) => row.chosen) && none.selection.length === 0);
  });

  it("knows for each μ which network wins, as trying many values does", () => {
    for (const percent of [
      [40, 50, 45, 60],
      [60, 50, 45, 40],
      [40, 40, 40, 40],
      [41, 47, 52, 53],
    ]) {
      // prettier-ignore
      const all = withValidation(percent);
      const {selection} = tradeoff(all);
      assert.strictEqual(selection[0]!.mu, 0);
      for (let mu = 0.013; mu < 60; mu += 0.37) {
        const expected = tradeoff(all, {mu}).rows.find((row) => row.chosen)!.architectureId;
        assert.strictEqual(
          selection.filter((one) => one.mu <= mu).at(-1)!.architectureId,
          expected,
          `${percent} μ ${mu}`,
        );
      }
    }
  });

  it("never selects by test accuracy", () => {
    const swapped = records.map((record, i) => ({...record, testAccuracy: (i % 5) / 10}));
    const marks = (list: readonly TrialRecord[]) =>
      tradeoff(list).rows.map(({architectureId, frontMemory, frontWork, knee, chosen}) => ({architectureId, frontMemory, frontWork, knee, chosen})); // prettier-ignore
    assert.deepStrictEqual(marks(swapped), marks(records));
  });

  it("draws what fits, what does not, the front and the choice; hovering shows the cells", () => {
    const smallest = choicesOf(records).at(-1)!;
    const found = tradeoff(records, {budget: {maxParams: smallest.params}});
    const {data, layout, caption} = tradeoffFigure(found, records, {maxParams: smallest.params});
    assert.deepStrictEqual(data.map(({name}) => name), ["front, by validation", "over budget", "fits", "chosen by benefit"]); // prettier-ignore
    assert.match(String((data[2]!.text as string[])[0]), /^\d{4} \d{4}.*<br>validation/);
    assert.strictEqual((layout.shapes as object[]).length, 1);
    assert.match(caption!, /n = 4 architectures/);
    assert.throws(() => tradeoffFigure(found, records, {cost: "price"}), /unknown cost: price; expected memory, work or energy/); // prettier-ignore
  });

  it("is a command that leaves tables and figures", () => {
    const out = mkdtempSync(join(tmpdir(), "tradeoff-"));
    try {
      const {stdout, stderr, status} = spikebook(["study", "tradeoff", "--from", FOLDER, "--max-bytes", "300kB", "--bits", "8", "--out", out]); // prettier-ignore
      assert.strictEqual(status, 0, stderr);
      assert.match(stdout, /hypervolume of accuracy/);
      assert.match(readFileSync(join(out, "tradeoff.csv"), "utf8"), /^cells,seeds,validation,test,testLow/);
      for (const name of ["memory", "work", "energy"]) assert.ok(existsSync(join(out, "figures", `${name}.png`)), name);
    } finally {
      rmSync(out, {recursive: true, force: true});
    }
  });
});
