import assert from "node:assert";
import {existsSync} from "node:fs";
import {join} from "node:path";
import {raceTable, spentUntil} from "../../src/analysis/searchRace.js";
import {loadBench} from "../../src/datasets/benchSource.js";
import {lookUp, type SpikenasBench, validationAfter} from "../../src/datasets/spikenasBench.js";
import {searchRaceFigure} from "../../src/plots/searchRace.js";
import {packageRoot} from "../../src/root.js";
import {EPOCH_RACERS, epochCheckpoints, epochRace, epochRaceSettings, raceByEpochs} from "../../src/studies/epochRace.js"; // prettier-ignore
import {raceOnce} from "../../src/studies/searchRace.js";
import {madeUpBench, madeUpCurves} from "../madeUpBench.js";

const TABLE = join(packageRoot, "../shared/data/spikenas-bench/cifar10.csv.gz");

describe("the race by epochs", function () {
  this.timeout(60_000);
  let bench: SpikenasBench;
  before(() => void (bench = madeUpCurves()));

  it("reports after whole trainings, and refuses what cannot be", () => {
    assert.deepStrictEqual(epochCheckpoints(1000), [100, 200, 300, 500, 1000]);
    assert.throws(() => epochRaceSettings({epochs: 99}), /invalid epochs: 99; expected an integer from 100/);
    assert.throws(() => epochRaceSettings({algorithms: ["magic"]}), /unknown algorithm: magic; expected random, /);
  });

  it("charges searches of whole trainings all of their epochs: 100 a query", () => {
    const [byEpochs, byQueries] = [raceByEpochs(bench, "random", 3, 2000), raceOnce(bench, "random", 3, 20)];
    assert.strictEqual(byEpochs.spent, 2000);
    const best = byEpochs.points.at(-1)!;
    assert.ok(best.validation >= 80 && byQueries.points.at(-1)!.validation >= 80);
    // 690 of the real networks trained twice as long, and cost that
    const long = {...bench, networks: bench.networks.map((n) => ({...n, epochs: 200}))};
    assert.deepStrictEqual(raceByEpochs(long, "random", 3, 2000).points[0]?.epochs, 200);
  });

  it("never lets a search see the test set, nor spends more than allowed, and reports whole trainings alone", () => {
    const shuffled = {...bench, networks: bench.networks.map((n) => ({...n, test: 50}))};
    for (const name of Object.keys(EPOCH_RACERS)) {
      const trace = raceByEpochs(bench, name, 5, 1500);
      assert.ok(trace.spent <= 1500 && trace.points.length > 0, name);
      const ids = ({points}: typeof trace): number[] => points.map(({id}) => id);
      assert.deepStrictEqual(ids(raceByEpochs(shuffled, name, 5, 1500)), ids(trace), name);
      for (const {id, validation, test} of trace.points)
        assert.deepStrictEqual([lookUp(bench, id).validationFinal, lookUp(bench, id).test], [validation, test]);
    }
  });

  it("gives the same traces for the same seeds", async () => {
    const settings = epochRaceSettings({seeds: 2, epochs: 500});
    assert.deepStrictEqual(await epochRace(bench, settings), await epochRace(bench, settings));
  });

  it("says which data it lacks where a table has no curves, and of other data sets", async () => {
    assert.throws(() => raceByEpochs(madeUpBench(), "halving", 1, 500), /no validation accuracy of network \d+ after 2 epochs; expected the authors' logs, or a table with its curves/); // prettier-ignore
    await assert.rejects(epochRace({...bench, dataset: "cifar100"}, epochRaceSettings()), /cifar10, of which all/);
  });

  it("draws a line for each algorithm over epochs", async () => {
    const traces = await epochRace(bench, epochRaceSettings({seeds: 3, epochs: 1000, algorithms: ["random", "asha"]}));
    const {data, layout, caption} = searchRaceFigure(traces, {unit: "epochs", best: 89.3});
    assert.deepStrictEqual(data.filter(({name}) => name).map(({name}) => name), ["asha", "random"]); // prettier-ignore
    assert.match(JSON.stringify(layout), /epochs of training, of all networks together/);
    assert.match(caption!, /those that trained to the end/);
  });
});

describe("what a search spends until it finds as much", () => {
  it("is where its mean stays above", () => {
    const traces = [60, 70, 65, 72, 75].map((test, i) => ({epochs: 100 * (i + 1), id: 1, validation: 1, test}));
    const rows = raceTable([{algorithm: "a", seed: 1, spent: 500, points: traces}], "epochs");
    assert.strictEqual(spentUntil(rows, {algorithm: "a", test: 66, unit: "epochs"}), 400);
    assert.strictEqual(spentUntil(rows, {algorithm: "a", test: 80, unit: "epochs"}), undefined);
  });
});

describe("the race by epochs on SpikeNAS-Bench", function () {
  this.timeout(120_000);
  let bench: SpikenasBench;
  before(async function () {
    if (!existsSync(TABLE)) {
      console.log(`      skipped: ${TABLE} is not here`);
      return this.skip();
    }
    bench = await loadBench({from: TABLE, dataDir: ""});
  });

  it("reads the accuracies after every epoch beside the table", () => {
    assert.strictEqual(validationAfter(bench, 12617, 10), lookUp(bench, 12617).validation[10]);
    assert.ok(bench.networks.every(({curve, epochs}) => curve?.length === epochs));
  });

  it("finds with halving and 6,100 epochs about what random search finds with 1,000 networks, 100,000 epochs", () => {
    const traces = Array.from({length: 30}, (_, i) => raceByEpochs(bench, "halving", i + 1, 6100, [6100]));
    const row = raceTable(traces, "epochs").at(-1)!;
    assert.ok(row.test > 88.6 && row.testHigh! > 88.7, JSON.stringify(row));
  });
});
