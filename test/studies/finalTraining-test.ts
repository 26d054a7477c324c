import assert from "node:assert";
import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {foundDifference, speedUpTable} from "../../src/analysis/speedup.js";
import type {Architecture} from "../../src/architectures/architecture.js";
import {fitsBudget} from "../../src/architectures/budget.js";
import {canonicalArchitecture, hashOf} from "../../src/architectures/canonical.js";
import {paramsOf} from "../../src/architectures/cost.js";
import {networkSpace} from "../../src/architectures/networkSpace.js";
import {SNASNET_FORWARD} from "../../src/architectures/spaces.js";
import {referenceOf} from "../../src/records/comparison.js";
import {runSearchStudy, type SearchSettings} from "../../src/studies/architectureSearch.js";
import {
  BLIND,
  CHOSEN_BY,
  chosenBy,
  finalTrainingSettings,
  finalTrainingTrials,
} from "../../src/studies/finalTraining.js";
import {type FinishedSearch, readSearch, winnerUnder} from "../../src/studies/searchFolder.js";
import {compareSearches} from "../../src/studies/speedup.js";
import {assertClose} from "../assert.js";
import {useBackend} from "../../src/kernels/index.js";

const macro = {input: {size: 16, channels: 3}, channels: 4, T: 2, head: {hidden: 8, voters: 2, dropout: 0}} as const;
const MAX = 1500;

function settings(algorithm: "snasnet" | "spikenas", seed: number): SearchSettings {
  const gated = algorithm === "spikenas";
  return {
    algorithm,
    candidates: gated ? 8 : 24,
    networks: networkSpace(SNASNET_FORWARD, {wiring: gated ? "perCell" : "shared", network: macro}),
    budget: gated ? {maxParams: MAX} : {},
    seed,
    scoring: {
      score: "sahd",
      repeats: gated ? 1 : 2,
      data: {name: "procedural-16", trainCount: 20, seed: 0, batch: 6},
      head: "unitVariance",
      seed,
      backend: "wasm",
    },
  };
}

const sizeOf = (a: object): number => paramsOf(a as Architecture);

describe("what searches chose", () => {
  let folder: string;
  let baselines: FinishedSearch[];
  let searches: FinishedSearch[];
  before(async () => {
    await useBackend("wasm");
    folder = mkdtempSync(join(tmpdir(), "chosen-"));
    const run = async (algorithm: "snasnet" | "spikenas", seed: number): Promise<FinishedSearch> => {
      const out = join(folder, `${algorithm}-${seed}`);
      await runSearchStudy(settings(algorithm, seed), {out, workers: 0});
      return readSearch(out);
    };
    baselines = [await run("snasnet", 1), await run("snasnet", 2)];
    searches = [await run("spikenas", 1), await run("spikenas", 2)];
  });
  after(() => rmSync(folder, {recursive: true, force: true}));

  it("is, under a budget, the best of all candidates that fit", () => {
    for (const search of baselines) {
      const fitting = search.records.filter((r) => r.value !== null && r.params <= MAX).map(({value}) => value!);
      const winner = winnerUnder(search, {maxParams: MAX})!;
      assert.strictEqual(winner.value, Math.max(...fitting));
      assert.ok(sizeOf(winner.architecture) <= MAX);
      assert.strictEqual(winnerUnder(search, {maxParams: 10}), undefined);
    }
  });

  it("is a clear error where a folder holds no finished search", () => {
    assert.throws(
      () => readSearch(join(folder, "nowhere")),
      /no finished search in .*nowhere: it holds no result\.json; expected the --out folder/,
    );
    const broken = mkdtempSync(join(folder, "broken-"));
    writeFileSync(join(broken, "result.json"), JSON.stringify({algorithm: "random"}));
    assert.throws(
      () => readSearch(broken),
      /damaged .*result\.json: source: .*; delete it and run the search again \(--out .*\): what was scored is kept/,
    );
  });

  it("is refused where the journal lost candidates that the search counted", () => {
    const short = join(folder, "short");
    cpSync(baselines[0]!.folder, short, {recursive: true});
    const scores = join(short, "scores.jsonl");
    const lines = readFileSync(scores, "utf8").trimEnd().split("\n");
    writeFileSync(scores, `${lines.slice(0, -1).join("\n")}\n`);
    const refused = new RegExp(
      `${scores} holds ${lines.length - 1} of the ${lines.length} candidates .*run the search again`,
    );
    assert.throws(() => readSearch(short), refused);
  });

  it("names the file of a search that is damaged, and the way out that it names leads out", async () => {
    const out = join(folder, "snasnet-1");
    for (const file of ["result.json", "study.json"]) {
      const whole = readFileSync(join(out, file), "utf8");
      writeFileSync(join(out, file), whole.replace('"seed": 1', '"seed": 2'));
      assert.throws(() => readSearch(out), new RegExp(`damaged .*${file}: its checksum .*; delete it and run`));
      rmSync(join(out, file));
      assert.throws(() => readSearch(out), new RegExp(`no finished search in .*snasnet-1: it holds no ${file}`));
      const {ran} = await runSearchStudy(settings("snasnet", 1), {out, workers: 0});
      assert.strictEqual(ran, 0);
      assert.deepStrictEqual(readSearch(out), baselines[0]);
      assert.strictEqual(readFileSync(join(out, file), "utf8"), whole);
    }
  });

  it("is refused where study.json describes no network", () => {
    const odd = join(folder, "odd");
    cpSync(baselines[0]!.folder, odd, {recursive: true});
    const file = join(odd, "study.json");
    const {sha256: _sum, ...study} = JSON.parse(readFileSync(file, "utf8")) as {settings: {networks: {network: {input?: object}}}; sha256?: string}; // prettier-ignore
    delete study.settings.networks.network.input;
    writeFileSync(file, JSON.stringify(study));
    assert.throws(() => readSearch(odd), /damaged .*odd\/study\.json: networks\.network: invalid input: undefined/);
  });

  it("becomes trials that share seeds by search seed, within the budget, with a blind draw beside them", () => {
    const budget = {maxParams: MAX};
    const chosen = chosenBy([...baselines, ...searches], {budget, blindFrom: searches[0]!.settings.networks});
    const blind = chosen.filter((one) => one.chosenBy === BLIND);
    assert.deepStrictEqual(blind.map(({searchSeed}) => searchSeed), [1, 2]); // prettier-ignore
    const network = {...macro};
    const {input: _input, ...own} = network;
    const trials = finalTrainingTrials(finalTrainingSettings({data: "procedural-16", network: own, chosen, seeds: 2}));
    assert.strictEqual(trials.length, 2 * chosen.length);
    for (const trial of trials) {
      const {searchSeed} = trial.labels;
      assert.ok(trial.seed === 2 * (Number(searchSeed) - 1) + 1 || trial.seed === 2 * (Number(searchSeed) - 1) + 2);
      if (!String(trial.labels.chosenBy).endsWith("no budget")) assert.ok(fitsBudget(trial.architecture, budget));
    }
    assert.strictEqual(referenceOf(CHOSEN_BY, trials), BLIND);
    const names = new Set(trials.map(({labels}) => labels.chosenBy));
    assert.ok(names.has("snasnet by sahd") && names.has("spikenas by sahd"));
    const same = (a: object): string => hashOf(canonicalArchitecture(a as Architecture));
    const winner = searches[0]!.result.best.architecture;
    assert.ok(trials.some(({architecture}) => same(architecture) === same(winner)));
  });

  it("is compared work for work: factors whose product is the ratio of what was paid, and winners scored anew", async () => {
    const out = join(folder, "speedup");
    const pairs = await compareSearches(searches, baselines, {repeats: 2, out});
    for (const [i, pair] of pairs.entries()) {
      // independently: operations of a forward pass times measurements, over the journals; the baseline pays for what it draws
      const paid = ({records, result}: FinishedSearch): number =>
        result.repeats * records.reduce((sum, {macs, worstCaseAcs}) => sum + macs + worstCaseAcs, 0);
      const drawn = baselines[i]!.result.counts.workDrawn * baselines[i]!.result.repeats;
      assertClose(pair.total, drawn / paid(searches[i]!), {rtol: 1e-9});
      assert.ok(paid(baselines[i]!) <= drawn);
      assert.ok(pair.baselineParamsWithin <= MAX && pair.params <= MAX);
      assert.ok(pair.found !== null && pair.baselineFoundWithin !== null);
      assert.notStrictEqual(pair.found, searches[i]!.result.best.value);
    }
    const table = speedUpTable(pairs);
    const product = table.slice(0, 6).reduce((all, {factor}) => all * factor, 1);
    assertClose(table[6]!.factor, product, {rtol: 1e-9});
    const within = foundDifference(pairs, "baselineFoundWithin")!;
    assertClose(within.mean, (pairs[0]!.found! - pairs[0]!.baselineFoundWithin! + pairs[1]!.found! - pairs[1]!.baselineFoundWithin!) / 2, {atol: 1e-9}); // prettier-ignore
    const started = performance.now();
    assert.deepStrictEqual(await compareSearches(searches, baselines, {repeats: 2, out}), pairs);
    assert.ok(performance.now() - started < 1000);
  });

  it("cannot be compared without a baseline of the same seed", async () => {
    const out = join(folder, "alone");
    await assert.rejects(compareSearches(searches, baselines.slice(1), {out}), /no baseline for .*spikenas-1: expected a search of seed 1/); // prettier-ignore
  });
});
