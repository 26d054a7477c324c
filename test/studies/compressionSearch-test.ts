import assert from "node:assert";
import {mkdtempSync, readdirSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {searchedRows} from "../../src/analysis/searched.js";
import {hashOf, stableJson} from "../../src/architectures/canonical.js";
import {weightBytes} from "../../src/architectures/cost.js";
import {choicesOfOp} from "../../src/architectures/ops.js";
import {useBackend} from "../../src/kernels/index.js";
import {stableRecord, type TrialRecord} from "../../src/records/trial.js";
import {
  COMPRESSION_SEARCH,
  compressionSearchSettings,
  compressionSearchTrials,
} from "../../src/studies/compressionSearch.js";
import {readRecords} from "../../src/studies/journal.js";
import {runStudy} from "../../src/studies/runStudy.js";
import {halvesOf} from "../../src/studies/searchTrial.js";
import {LITE_COSTS, LITE_RECIPE, searchRecipe} from "../../src/training/searchRecipe.js";
import {assertClose} from "../assert.js";

type Changes = NonNullable<Parameters<typeof compressionSearchSettings>[0]>;

const small = (changes: Changes = {}) =>
  compressionSearchSettings({
    ...{lambda1: [0.1], lambda2: [0, 1], seeds: 1, nodes: 3, searchEpochs: 2, warmupEpochs: 1, choiceImages: "other"},
    data: {name: "procedural-16", trainCount: 60, testCount: 40, train: 40, validation: 20, seed: 0},
    network: {channels: 2, T: 3, head: {hidden: 8, voters: 10, dropout: 0}},
    recipe: {epochs: 1, batchSize: 10, guard: "warn"},
    ...changes,
  });

const stable = (records: readonly TrialRecord[]): string[] => records.map((r) => stableJson(stableRecord(r)));

describe("the recipe of a search", () => {
  it("has what LitE-SNN's has: an optimiser a role, two steps on a batch, costs in the second", () => {
    const {groups, passes, clipNorm} = searchRecipe(LITE_RECIPE, {costs: LITE_COSTS});
    const of = (role: string) => groups!.find(({roles}) => roles.includes(role as never))!;
    assert.deepStrictEqual([of("conv").clipNorm, clipNorm, LITE_RECIPE.learningRate * LITE_RECIPE.finalRate], [5, undefined, 0.001]); // prettier-ignore
    assert.deepStrictEqual([of("mask").learningRate, of("bits").optimiser, of("mixture").learningRate], [0.01, "adam", 0.001]); // prettier-ignore
    assert.deepStrictEqual([of("timesteps").startEpoch, of("timesteps").optimiser], [5, "sgd"]);
    const [weights, choices] = passes!;
    assert.deepStrictEqual([weights!.terms, choices!.terms!.map(({weight}) => weight)], [undefined, [5e-10, 5e-14]]);
  });

  it("moves all by one gradient where that is asked for, on the same images", () => {
    const {passes, terms} = searchRecipe(LITE_RECIPE, {costs: {memory: 1, bitSynOps: 0}, steps: "one"});
    assert.deepStrictEqual([passes, terms], [undefined, [{name: "memory", weight: 1}]]);
    const costs = {memory: 1, bitSynOps: 1};
    assert.throws(() => searchRecipe(LITE_RECIPE, {costs, steps: "one", images: "other"}), /invalid images of choices/);
  });

  it("leaves out a cost without weight", () =>
    assert.deepStrictEqual(searchRecipe(LITE_RECIPE, {costs: {memory: 0, bitSynOps: 0}}).passes![1]!.terms, []));
});

describe("halves of images", () => {
  it("have as many of each class, one more in the first at the most", () =>
    assert.deepStrictEqual(halvesOf([4, 0, 1, 2, 3, 5], [1, 0, 0, 1, 0, 1]), [
      [4, 0, 2, 5],
      [1, 3],
    ]));
});

describe("a study of searches", function () {
  this.timeout(240000);
  let folder: string;
  let records: readonly TrialRecord[];
  before(async () => {
    await useBackend("wasm");
    folder = mkdtempSync(join(tmpdir(), "search-"));
    const settings = small();
    ({records} = await runStudy(compressionSearchTrials(settings), settings, {out: join(folder, "whole"), workers: 0}));
  });
  after(() => rmSync(folder, {recursive: true, force: true}));

  it("leaves networks without choices, with the weights of the choices by epoch and the gap of deciding", () => {
    assert.strictEqual(records.length, 2);
    for (const {
      status,
      labels,
      architecture,
      search,
      weightBytes: bytes,
      bitSynOps,
      synOps,
      architectureId,
    } of readRecords(join(folder, "whole"))) {
      assert.strictEqual(status, "ok");
      assert.ok("cells" in architecture && architecture.cells.flat(2).every((op) => choicesOfOp(op).length === 1));
      assert.strictEqual(architectureId, hashOf(architecture));
      assert.strictEqual(bytes, weightBytes(architecture));
      assert.ok(bitSynOps! <= 4 * synOps!);
      const [first, second] = search!.curve.map(({choices}) => choices!);
      assertClose(first!.timesteps!, [1 / 3, 1 / 3, 1 / 3]); // before its epoch
      if (labels.lambda2 === 1) assert.ok(second!.timesteps![0]! > 1 / 3);
      for (const weights of Object.values(search!.weights))
        assertClose(
          weights.reduce((a, b) => a + b),
          1,
        );
      assert.deepStrictEqual(search!.weights, second);
      assert.ok(search!.validation!.searched >= 0 && search!.validation!.decided >= 0);
    }
    assert.strictEqual(searchedRows(records).length, 2);
  });

  it("is the same when it stopped in the middle of a search", async () => {
    const settings = small();
    const out = join(folder, "stopped");
    const controller = new AbortController();
    const onProgress = (done: number): void => void (done >= 0.3 && controller.abort());
    const trials = compressionSearchTrials(settings);
    await assert.rejects(runStudy(trials, settings, {out, workers: 0, signal: controller.signal, onProgress}), {name: "AbortError"}); // prettier-ignore
    assert.ok(readdirSync(join(out, "checkpoints")).some((name) => name.includes(".search.")));
    const again = await runStudy(trials, settings, {out, workers: 0});
    assert.deepStrictEqual(stable(again.records), stable(records));
    assert.deepStrictEqual(readdirSync(join(out, "checkpoints")), []);
  });

  it("is shown in figures and tables", () => {
    const figures = COMPRESSION_SEARCH.figures(records);
    assert.deepStrictEqual(Object.keys(figures).slice(-4), ["front", "timesteps", "bits", "bitsByPart"]);
    const {claims} = COMPRESSION_SEARCH.tables(records);
    assert.deepStrictEqual(claims!.map(({n}) => n), [2, 2]); // prettier-ignore
  });

  it("refuses what cannot be before anything runs", () => {
    assert.throws(() => small({lambda2: []}), /invalid lambda 2: .*; expected at least one number/);
    assert.throws(() => small({lambda1: [-1]}), /invalid weight of memory: -1; expected a number >= 0/);
    assert.throws(() => small({ops: ["zeroize"]}), /invalid ops: .*; expected at least one besides zeroize/);
    assert.throws(() => small({bitChoices: [1, 8]}), /bits/);
    assert.throws(() => small({rule: "best" as never}), /unknown decoding: best; expected edge or twoOfNode/);
  });
});
