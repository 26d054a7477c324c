import assert from "node:assert";
import {existsSync, mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {packageRoot} from "../../src/root.js";
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
      [["scores", "--resamples", "x"], /invalid resamples: x; expected a number/],
    ] as const) {
      const {status, stderr} = spikebook(["study", ...args, "--out", out]);
      assert.strictEqual(status, 2, stderr);
      assert.match(stderr, message);
      assert.strictEqual(stderr.trim().split("\n").length, 1, stderr);
    }
    assert.ok(!existsSync(out));
  });

  it("leave tables and figures", function () {
    if (!existsSync(TABLE)) {
      console.log(`      skipped: ${TABLE} is not here`);
      return this.skip();
    }
    const dataDir = join(folder, "data");
    const installed = spikebook(["data", "spikenas-bench", "--from", TABLE, "--data-dir", dataDir]);
    assert.match(installed.stdout, /15625 networks for cifar10/, installed.stderr);
    const race = join(folder, "race");
    const raced = spikebook(["study", "race", "--data-dir", dataDir, "--queries", "20", "--seeds", "4", "--algorithms", "random,evolution", "--out", race]); // prettier-ignore
    assert.strictEqual(raced.status, 0, raced.stderr);
    assert.match(raced.stdout, /algorithm +queries +n +test \(%\)/);
    for (const kind of ["png", "svg", "json"]) assert.ok(existsSync(join(race, "figures", `race.${kind}`)), kind);
    const table = readFileSync(join(race, "race.csv"), "utf8");
    assert.match(table, /^algorithm,queries,n,test,testLow,testHigh,sd,validation,overRandom,spent\nrandom,1,4,/);

    const out = join(folder, "scores");
    const {status, stderr, stdout} = spikebook(["study", "scores", "--data-dir", dataDir, "--resamples", "3", "--predictor", "20,50", "--out", out]); // prettier-ignore
    assert.strictEqual(status, 0, stderr);
    assert.match(stdout, /longestConvPath +more than 50/);
    assert.match(stdout, /341 of 15625 networks have no path/);
    assert.match(readFileSync(join(out, "truth.csv"), "utf8"), /^score,scope,n,tau,tauLow,tauHigh,spearman,regret@10\nparams,all,15284,0\.37/); // prettier-ignore
    assert.match(readFileSync(join(out, "operations.csv"), "utf8"), /zeroize,4096,87\.53/);
  });
});
