import assert from "node:assert";
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {benchTable} from "../../src/datasets/benchFormats.js";
import {packageRoot} from "../../src/root.js";
import {madeUpNetworks} from "../madeUpBench.js";
import {spikebook} from "./program.js";

const TABLE = join(packageRoot, "../shared/data/spikenas-bench/cifar10.csv.gz");

describe("spikebook study race and scores", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "bench-cli-"))));
  after(() => rmSync(folder, {recursive: true, force: true}));

  it("say in one line what is missing or wrong, and write nothing", () => {
    const out = join(folder, "nothing");
    for (const [args, message] of [
      [["race", "--data-dir", folder], /SpikeNAS-Bench for cifar10 is not installed: .*npx spikebook data spikenas-bench --from PATH/], // prettier-ignore
      [["race", "--algorithms", "random,magic"], /unknown algorithm: magic; expected random, evolution/],
      [["scores", "--resamples", "x"], /invalid resamples: x; expected an integer from 2 to 100000/],
    ] as const) {
      const {status, stderr} = spikebook(["study", ...args, "--out", out]);
      assert.strictEqual(status, 2, stderr);
      assert.match(stderr, message);
      assert.strictEqual(stderr.trim().split("\n").length, 1, stderr);
    }
    assert.ok(!existsSync(out));
  });

  /** Installs a table and runs both studies on it; what they print and write. */
  function study(
    table: string,
    name: string,
  ): {raced: string; scored: string; race: string; truth: string; operations: string} {
    const [dataDir, race, out] = ["data", "race", "scores"].map((part) => join(folder, name, part)) as [string, string, string]; // prettier-ignore
    const installed = spikebook(["data", "spikenas-bench", "--from", table, "--data-dir", dataDir]);
    assert.match(installed.stdout, /15625 networks for cifar10/, installed.stderr);
    const raced = spikebook(["study", "race", "--data-dir", dataDir, "--queries", "20", "--seeds", "4", "--algorithms", "random,evolution", "--out", race]); // prettier-ignore
    assert.strictEqual(raced.status, 0, raced.stderr);
    for (const kind of ["png", "svg", "json"]) assert.ok(existsSync(join(race, "figures", `race.${kind}`)), kind);
    const scored = spikebook(["study", "scores", "--data-dir", dataDir, "--resamples", "3", "--predictor", "20,50", "--out", out]); // prettier-ignore
    assert.strictEqual(scored.status, 0, scored.stderr);
    const text = (...path: string[]): string => readFileSync(join(...path), "utf8");
    return {raced: raced.stdout, scored: scored.stdout, race: text(race, "race.csv"), truth: text(out, "truth.csv"), operations: text(out, "operations.csv")}; // prettier-ignore
  }

  it("leave tables and figures", () => {
    const table = join(folder, "cifar10.csv");
    writeFileSync(table, benchTable(madeUpNetworks()));
    const {raced, scored, race, truth, operations} = study(table, "made-up");
    assert.match(raced, /algorithm +queries +n +test \(%\)/);
    assert.match(race, /^algorithm,queries,n,test,testLow,testHigh,sd,validation,overRandom,spent\nrandom,1,4,/);
    assert.match(scored, /341 of 15625 networks have no path/);
    assert.match(truth, /^score,scope,n,tau,tauLow,tauHigh,spearman,regret@10\nparams,all,15284,0\.\d/);
    assert.match(operations, /zeroize,4096,8\d\.\d/);
  });

  it("say of the real table what is published", function () {
    if (!existsSync(TABLE)) {
      console.log(`      skipped: ${TABLE} is not here`);
      return this.skip();
    }
    const {scored, truth, operations} = study(TABLE, "real");
    assert.match(scored, /longestConvPath +more than 50/);
    assert.match(truth, /\nparams,all,15284,0\.37/);
    assert.match(operations, /zeroize,4096,87\.53/);
  });
});
