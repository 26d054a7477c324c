import assert from "node:assert";
import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {gunzipSync} from "node:zlib";
import Papa from "papaparse";
import {paramsOf} from "../../src/architectures/cost.js";
import {pathologies} from "../../src/architectures/wiring.js";
import {packageRoot} from "../../src/root.js";
import {
  SPIKENAS_BENCH_SIZE,
  spikenasBenchArchitecture,
  spikenasBenchCell,
  spikenasBenchId,
  spikenasBenchOps,
} from "../../src/architectures/spikenasBench.js";
import {validateArchitecture} from "../../src/architectures/validate.js";

describe("SpikeNAS-Bench", () => {
  it("reads an id's base-5 digits, edge (0,1) first", () => {
    assert.deepStrictEqual(spikenasBenchOps(12617), [2, 3, 4, 0, 0, 4]); // the best network's published ops
    assert.deepStrictEqual(spikenasBenchCell(5)[0], ["zeroize", "zeroize", "skip", "zeroize"]);
    for (const id of [0, 1, 14862, 15624]) assert.strictEqual(spikenasBenchId(spikenasBenchOps(id)), id);
  });

  it("refuses ids outside the table", () => {
    for (const id of [-1, 1.5, 15625, NaN]) assert.throws(() => spikenasBenchOps(id), /invalid SpikeNAS-Bench id/);
  });

  it("has 17,179,620 parameters at id 0 and 21,607,908 at id 14862", () => {
    assert.strictEqual(paramsOf(spikenasBenchArchitecture(0)), 17_179_620);
    assert.strictEqual(paramsOf(spikenasBenchArchitecture(14862)), 21_607_908);
  });

  it("has 341 networks without a path from input to output", () => {
    let dead = 0;
    for (let id = 0; id < SPIKENAS_BENCH_SIZE; ++id)
      if (pathologies(spikenasBenchCell(id)).some(({kind}) => kind === "dead")) ++dead;
    assert.strictEqual(dead, 341);
    assert.throws(() => validateArchitecture(spikenasBenchArchitecture(0)), /no path from node 0/);
    validateArchitecture(spikenasBenchArchitecture(0), {allowDead: true});
  });

  it("agrees with the published parameters and dead networks of all 15,625", function () {
    this.timeout(30_000);
    const file = join(packageRoot, "../shared/data/spikenas-bench/cifar10.csv.gz");
    if (!existsSync(file)) {
      console.log(`      skipped: ${file} is not here`);
      return this.skip();
    }
    const text = gunzipSync(readFileSync(file)).toString();
    const {data} = Papa.parse<Record<string, number>>(text, {header: true, dynamicTyping: true, skipEmptyLines: true});
    assert.strictEqual(data.length, 15_625);
    for (const row of data) {
      const a = spikenasBenchArchitecture(row.id!);
      assert.deepStrictEqual(spikenasBenchOps(row.id!), [row.e01, row.e02, row.e03, row.e12, row.e13, row.e23]);
      assert.strictEqual(paramsOf(a), row.params, `params of ${row.id}`);
      if (pathologies(a.cells[0]!).some(({kind}) => kind === "dead")) assert.strictEqual(row.test, 10, `${row.id}`);
    }
  });
});
