import assert from "node:assert";
import {appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {paramsOf} from "../../src/architectures/cost.js";
import {unsealed} from "../../src/disk/seal.js";
import type {AlgorithmName} from "../../src/search/algorithms.js";
import {runSearchStudy} from "../../src/studies/architectureSearch.js";
import {readJournal} from "../../src/studies/journal.js";
import {SCORED} from "../../src/studies/scoreTask.js";
import {useBackend} from "../../src/kernels/index.js";
import {smallSearch as settings} from "./small.js";

/** What must not depend on how the search was run. */
const stable = (folder: string): unknown[] => [
  ...readJournal(folder, SCORED)
    .map(({run: _run, ...record}) => record)
    .sort((a, b) => (a.id < b.id ? -1 : 1)),
  {...(unsealed(readFileSync(join(folder, "result.json"), "utf8")) as object), scoringSeconds: 0},
];

describe("a search study", () => {
  let folder: string;
  before(() => useBackend("wasm"));
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "search-"))));
  afterEach(() => rmSync(folder, {recursive: true, force: true}));
  const at = (name: string): string => join(folder, name);

  it("has the same records and the same result in this process and from two others", async () => {
    await runSearchStudy(settings(), {out: at("here"), workers: 0});
    await runSearchStudy(settings(), {out: at("two"), workers: 2});
    assert.deepStrictEqual(stable(at("two")), stable(at("here")));
  });

  it("interrupted anywhere goes on where it stopped; complete, it scores nothing", async () => {
    const whole = await runSearchStudy(settings(), {out: at("whole"), workers: 0});
    for (const stopAt of [1, 5, 9]) {
      const out = at(`stopped-${stopAt}`);
      const controller = new AbortController();
      let seen = 0;
      const onProgress = (): void => void (++seen === stopAt && controller.abort());
      await assert.rejects(runSearchStudy(settings(), {out, workers: 0, signal: controller.signal, onProgress}));
      appendFileSync(join(out, "scores.jsonl"), '{"schema": 1, "id": "half a li'); // as a killed process leaves it
      const resumed = await runSearchStudy(settings(), {out, workers: 0});
      assert.strictEqual(resumed.ran, whole.ran - stopAt);
      assert.deepStrictEqual(stable(out), stable(at("whole")));
    }
    assert.strictEqual((await runSearchStudy(settings(), {out: at("whole"), workers: 0})).ran, 0);
  });

  it("keeps the candidate with the highest score, and counts what it drew", async () => {
    const {result, records} = await runSearchStudy(settings(), {out: at("a"), workers: 0});
    const values = records.map(({value}) => value ?? -Infinity);
    assert.strictEqual(result.best.value, Math.max(...values));
    const {drawn, refused, duplicates, evaluated} = result.counts;
    assert.deepStrictEqual([drawn, refused + duplicates + evaluated, evaluated], [12, 12, records.length]);
  });

  it("never scores a network over its budget, whatever the algorithm", async () => {
    for (const algorithm of ["random", "spikenas", "evolution"] satisfies AlgorithmName[]) {
      const {networks} = settings();
      const wiring = algorithm === "spikenas" ? "perCell" : "shared";
      const {result, records} = await runSearchStudy(
        settings({algorithm, networks: {...networks, wiring}, budget: {maxParams: 1500}, candidates: 30}),
        {out: at(algorithm), workers: 0},
      );
      for (const {architecture} of records) assert.ok(paramsOf(architecture as never) <= 1500);
      assert.ok(result.counts.refused > 0 && result.best.params <= 1500);
    }
  });

  it("names the damaged line of its journal", async () => {
    await runSearchStudy(settings(), {out: at("b"), workers: 0});
    const path = join(at("b"), "scores.jsonl");
    writeFileSync(
      path,
      readFileSync(path, "utf8")
        .replace('"value":', '"worth":')
        .replaceAll(/,"sha256":"[^"]*"/g, ""),
    );
    await assert.rejects(
      runSearchStudy(settings(), {out: at("b"), workers: 0}),
      /damaged journal .*scores\.jsonl, line 1: value: .*its candidate is run again/,
    );
  });

  it("takes scores that look at no image", async () => {
    const scoring = {...settings().scoring, score: "params" as const};
    const {result} = await runSearchStudy(settings({scoring}), {out: at("params"), workers: 0});
    assert.strictEqual(result.best.value, result.best.params);
  });
});
