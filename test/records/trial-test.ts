import assert from "node:assert";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {referenceOf, comparisonOf} from "../../src/records/comparison.js";
import {countedEndings, endingLines} from "../../src/records/endings.js";
import {provenanceOf} from "../../src/records/provenance.js";
import {recordSchema} from "../../src/records/trial.js";
import {packageRoot} from "../../src/root.js";
import {recordOf} from "./record.js";

const message = (record: object): string => recordSchema.safeParse(record).error!.issues[0]!.message;

describe("a record of a trial", () => {
  it("written by 0.1.0 is read, with every number that it holds", () => {
    const [line] = readFileSync(join(packageRoot, "test/fixtures/kernel-impact/trials.jsonl"), "utf8").split("\n");
    const written = JSON.parse(line!) as Record<string, unknown>;
    const read = recordSchema.parse(written) as Record<string, unknown>;
    assert.strictEqual(written.version, "0.1.0");
    for (const [name, value] of Object.entries(written))
      if (name !== "recipe") assert.deepStrictEqual(read[name], value, name);
    for (const [name, value] of Object.entries(written.recipe as object))
      assert.deepStrictEqual((read.recipe as Record<string, unknown>)[name], value, name);
  });

  it("holds an architecture and a recipe, not something like them", () => {
    const {architecture} = recordOf();
    assert.match(message({...recordOf(), architecture: {...architecture, channels: -3}}), /invalid channels: -3/);
    assert.match(
      message({...recordOf(), architecture: {cells: [], T: 2}}),
      /invalid input|unknown architecture|invalid/,
    );
    assert.match(message({...recordOf(), recipe: {epochs: "many"}}), /invalid epochs: many/);
    assert.match(message({...recordOf(), recipe: null}), /invalid recipe: null; expected a record/);
    assert.match(message({...recordOf(), status: "failed"}), /Invalid/);
  });
});

describe("trials without a result", () => {
  const silent = {status: "silent", message: "wake it", testAccuracy: undefined} as const;
  const records = [
    recordOf({id: "a"}),
    ...[1, 2].map((seed) => recordOf({...silent, id: `s${seed}`, seed, labels: {kernelSize: 5}})),
    recordOf({...silent, id: "d", status: "diverged", message: "slower", labels: {kernelSize: 7}}),
  ];

  it("are counted by how they ended, and each reason is said once", () => {
    assert.strictEqual(countedEndings(records), "2 silent, 1 diverged");
    assert.deepStrictEqual(endingLines(records, "kernelSize"), [
      "3 of 4 trials have no result (2 silent, 1 diverged):",
      "  silent: wake it\n    kernelSize 5: seeds 1, 2",
      "  diverged: slower\n    kernelSize 7: seed 1",
    ]);
    assert.deepStrictEqual(endingLines(records.slice(0, 1), "kernelSize"), []);
  });

  it("are counted in what every caption says", () => {
    assert.match(provenanceOf(records), /profile quick\. Without a result, of 4 trials: 2 silent, 1 diverged\.$/);
    assert.match(provenanceOf(records.slice(0, 1)), /C = 2, T = 2, 1 epochs, 1 seed; profile quick\.$/);
  });
});

describe("a comparison", () => {
  const trials = [{labels: {kernels: "3+5"}}, {labels: {kernels: "1+3"}}];

  it("refers to the first of its references that was tried, else to the first group", () => {
    const comparison = (reference: string[]) => comparisonOf({label: "kernels", reference});
    assert.strictEqual(referenceOf(comparison(["7", "1+3"]), trials), "1+3");
    assert.strictEqual(referenceOf(comparison(["7"]), trials), "3+5");
  });

  it("has plain words where none are said", () => {
    const {axis, against, nameOf, member} = comparisonOf({label: "threshold"});
    assert.deepStrictEqual([axis, against, nameOf(0.5), member], ["threshold", "threshold", "0.5", "seed"]);
    assert.strictEqual(comparisonOf({label: "threshold", axis: "threshold θ"}).against, "threshold θ");
  });
});
