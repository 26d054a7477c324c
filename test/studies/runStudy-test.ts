import assert from "node:assert";
import {execFileSync} from "node:child_process";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {stableJson} from "../../src/architectures/canonical.js";
import {readRecords} from "../../src/studies/journal.js";
import {runStudy} from "../../src/studies/runStudy.js";
import {stableRecord, type TrialRecord} from "../../src/records/trial.js";
import {sortedRecords} from "../../src/tables/trials.js";
import {useBackend} from "../../src/kernels/index.js";
import {smallTrials} from "./small.js";

const stable = (records: readonly TrialRecord[]): string[] =>
  sortedRecords(records).map((r) => stableJson(stableRecord(r)));

describe("a study", function () {
  this.timeout(120000);
  let folder: string;
  let expected: string[];
  before(async () => {
    await useBackend("wasm");
    folder = mkdtempSync(join(tmpdir(), "study-"));
    const {records, ran} = await runStudy(smallTrials(), {}, {out: join(folder, "here"), workers: 0});
    expected = stable(records);
    assert.strictEqual(ran, 4);
  });
  after(() => rmSync(folder, {recursive: true, force: true}));

  it("holds what every table and figure needs", () => {
    const [record] = readRecords(join(folder, "here"));
    assert.strictEqual(record!.status, "ok");
    assert.strictEqual(record!.curve.length, 2);
    for (const field of ["testAccuracy", "validationAccuracy", "synOps", "meanFiringRate"] as const)
      assert.ok(record![field]! >= 0, field);
    assert.ok(Math.abs(record!.energy!.pJ - (4.6 * record!.macs + 0.9 * record!.synOps!)) < 1);
    assert.match(record!.energy!.estimator, /45 nm/);
    assert.match(record!.data.checksum, /^[0-9a-f]{64}$/);
    assert.deepStrictEqual([record!.data.train, record!.data.validation, record!.data.test], [40, 20, 40]);
  });

  it("does nothing when it is complete", async () => {
    const {records, ran} = await runStudy(smallTrials(), {}, {out: join(folder, "here"), workers: 2});
    assert.strictEqual(ran, 0);
    assert.deepStrictEqual(stable(records), expected);
  });

  it("has the same records from two processes, one of which is killed on the way", async () => {
    let killed = 0;
    const onProgress = (): void => {
      if (killed++) return;
      const children = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], {encoding: "utf8"});
      const worker = /^\s*(\d+) .*worker\.js/m.exec(children);
      process.kill(Number(worker![1]), "SIGKILL");
    };
    const {records} = await runStudy(smallTrials(), {}, {out: join(folder, "two"), workers: 2, onProgress});
    assert.ok(killed > 0);
    assert.deepStrictEqual(stable(records), expected);
  });

  it("stops at a signal, keeps what is done, and goes on from there", async () => {
    const controller = new AbortController();
    const onProgress = (done: number): void => void (done >= 1.5 && controller.abort());
    const out = join(folder, "stopped");
    await assert.rejects(runStudy(smallTrials(), {}, {out, workers: 1, signal: controller.signal, onProgress}), {
      name: "AbortError",
    });
    const kept = readRecords(out).length;
    assert.ok(kept >= 1 && kept < 4, `${kept} records`);
    const {records, ran} = await runStudy(smallTrials(), {}, {out, workers: 1});
    assert.strictEqual(ran, 4 - kept);
    assert.deepStrictEqual(stable(records), expected);
  });

  it("reports a trial that cannot be run with its own error", async () => {
    const trials = smallTrials().map((trial) => ({...trial, data: {...trial.data, train: 4000}}));
    await assert.rejects(runStudy(trials, {}, {out: join(folder, "bad"), workers: 1}), {
      name: "InputError",
      message: /invalid split sizes: 4000 training/,
    });
  });
});
