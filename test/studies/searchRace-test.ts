import assert from "node:assert";
import {existsSync} from "node:fs";
import {join} from "node:path";
import {raceTable} from "../../src/analysis/searchRace.js";
import {usedNodes} from "../../src/architectures/wiring.js";
import {spikenasBenchCell} from "../../src/architectures/spikenasBench.js";
import {loadBench} from "../../src/datasets/benchSource.js";
import {lookUp, type SpikenasBench} from "../../src/datasets/spikenasBench.js";
import {searchRaceFigure} from "../../src/plots/searchRace.js";
import {packageRoot} from "../../src/root.js";
import {madeUpBench} from "../madeUpBench.js";
import {checkpointsTo, raceOnce, RACERS, raceSettings, searchRace} from "../../src/studies/searchRace.js";

const TABLE = join(packageRoot, "../shared/data/spikenas-bench/cifar10.csv.gz");

describe("the search race's settings", () => {
  it("report after 1, 2, 3, 5, 10 … queries and the last", () => {
    assert.deepStrictEqual(checkpointsTo(40), [1, 2, 3, 5, 10, 20, 30, 40]);
    assert.deepStrictEqual(checkpointsTo(10), [1, 2, 3, 5, 10]);
    assert.deepStrictEqual(checkpointsTo(1), [1]);
  });

  it("are 100 seeds unless given, and refuse what cannot be", () => {
    assert.deepStrictEqual([raceSettings().seeds, raceSettings().queries], [100, 300]);
    assert.throws(() => raceSettings({queries: 0}), /invalid queries: 0/);
    assert.throws(() => raceSettings({algorithms: ["magic"]}), /unknown algorithm: magic; expected random, evolution/);
    assert.throws(() => raceSettings({seed: 3} as never), /unknown race option: seed/);
  });
});

describe("the search race", function () {
  this.timeout(60_000);
  let bench: SpikenasBench;
  before(() => void (bench = madeUpBench()));

  it("gives the same traces for the same seeds", async () => {
    const settings = raceSettings({seeds: 2, queries: 30});
    assert.deepStrictEqual(await searchRace(bench, settings), await searchRace(bench, settings));
  });

  it("never lets a search see the test set, and spends no more than allowed", () => {
    for (const name of Object.keys(RACERS)) {
      const trace = raceOnce(bench, name, 5, 60);
      assert.ok(trace.spent <= 60);
      const shuffled = {...bench, networks: bench.networks.map((n) => ({...n, test: 50}))};
      const blind = raceOnce(shuffled, name, 5, 60);
      assert.deepStrictEqual(
        blind.points.map(({id}) => id),
        trace.points.map(({id}) => id),
        name,
      );
      for (const {id, validation, test} of trace.points) {
        assert.deepStrictEqual([lookUp(bench, id).validationFinal, lookUp(bench, id).test], [validation, test]);
        assert.ok(usedNodes(spikenasBenchCell(id))[0], "a dead network");
      }
      trace.points.forEach(({validation}, i) => assert.ok(validation >= (trace.points[i - 1]?.validation ?? 0)));
    }
  });

  it("draws a line with its band for each algorithm, random search in black on top", async () => {
    const traces = await searchRace(bench, raceSettings({seeds: 3, queries: 20, algorithms: ["random", "convPath"]}));
    const {data, caption} = searchRaceFigure(traces, {best: 89.3});
    assert.deepStrictEqual(data.map(({name}) => name), [undefined, "convPath", undefined, "random"]); // prettier-ignore
    assert.match(caption!, /Mean over n = 3 seeds/);
  });
});

describe("the search race on SpikeNAS-Bench", function () {
  this.timeout(60_000);
  let bench: SpikenasBench;
  before(async function () {
    if (!existsSync(TABLE)) {
      console.log(`      skipped: ${TABLE} is not here`);
      return this.skip();
    }
    bench = await loadBench({from: TABLE, dataDir: ""});
  });

  it("gives random search the published 88.21 ± 0.40, 88.59 ± 0.27 and 88.82 ± 0.24 after 10, 100 and 1,000 queries", async () => {
    const rows = raceTable(await searchRace(bench, raceSettings({queries: 1000, algorithms: ["random"]})));
    for (const [queries, test, sd] of [
      [10, 88.21, 0.4],
      [100, 88.59, 0.27],
      [1000, 88.82, 0.24],
    ] as const) {
      const row = rows.find((other) => other.queries === queries)!;
      // 100 seeds here, an unknown number there: 3 standard errors of the difference with as many
      assert.ok(Math.abs(row.test - test) < 3 * sd * Math.sqrt(2 / 100), `${queries}: ${row.test} instead of ${test}`);
      assert.ok(Math.abs(row.sd! - sd) < 0.12, `${queries}: sd ${row.sd} instead of ${sd}`);
    }
  });

  it("shows regularised evolution above random search after 300 queries, its interval clear of it", async () => {
    const rows = raceTable(await searchRace(bench, raceSettings({seeds: 30, algorithms: ["random", "evolution"]})));
    const [random, evolution] = ["random", "evolution"].map((name) => rows.filter((row) => row.algorithm === name).at(-1)!); // prettier-ignore
    assert.ok(evolution!.testLow! > random!.testHigh!, JSON.stringify([random, evolution]));
    assert.strictEqual(evolution!.overRandom, evolution!.test - random!.test);
    assert.strictEqual(random!.overRandom, 0);
  });
});
