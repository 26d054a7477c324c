import assert from "node:assert";
import {spawn, spawnSync} from "node:child_process";
import {existsSync, mkdtempSync, readdirSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {setTimeout as wait} from "node:timers/promises";
import {packageRoot} from "../../src/root.js";
import {SMALL_OPTIONS} from "../studies/small.js";

const BIN = join(packageRoot, "bin", "spikebook.js");
const run = (...args: string[]) => spawnSync(process.execPath, [BIN, ...args], {encoding: "utf8"});
const study = (out: string, workers: number): string[] => [
  BIN,
  "study",
  "kernel-impact",
  ...SMALL_OPTIONS,
  "--workers",
  String(workers),
  "--out",
  out,
];
const stable = (out: string): string => run("records", out, "--json", "--stable").stdout;

/** Starts the study and kills it after `milliseconds`; true when it was still running. */
export async function killedAfter(milliseconds: number, out: string, workers: number): Promise<boolean> {
  const child = spawn(process.execPath, study(out, workers), {stdio: "ignore"});
  const ended = new Promise<boolean>((resolve) => child.once("exit", (code) => resolve(code === null)));
  await Promise.race([wait(milliseconds), ended]);
  child.kill("SIGKILL");
  return ended;
}

describe("spikebook study kernel-impact", function () {
  this.timeout(180000);
  let folder: string;
  let reference: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "study-cli-"));
    reference = join(folder, "reference");
  });
  after(() => rmSync(folder, {recursive: true, force: true}));

  it("runs, prints a table, and leaves records, CSV and figures", () => {
    const {stdout, stderr, status} = spawnSync(process.execPath, study(reference, 2), {encoding: "utf8"});
    assert.strictEqual(status, 0, stderr);
    assert.match(stdout, /kernelSize +n +accuracy \(%\)/);
    assert.match(stdout, /Procedural images \(procedural-16\), drawn by this program/);
    for (const name of ["trials.jsonl", "trials.csv", "summary.csv", "study.json"])
      assert.ok(existsSync(join(reference, name)), name);
    assert.ok(readdirSync(join(reference, "figures")).includes("accuracy.png"));
    assert.strictEqual(stable(reference).trim().split("\n").length, 4);
  });

  it("run again when complete, does nothing and says so", () => {
    const {stdout, status} = spawnSync(process.execPath, study(reference, 2), {encoding: "utf8"});
    assert.strictEqual(status, 0);
    assert.match(stdout, /complete: all 4 trials are in .*; nothing was run/);
  });

  it("refuses its folder to another recipe or kind of study by naming what differs, with status 2", () => {
    const before = stable(reference);
    const other = spawnSync(process.execPath, [...study(reference, 2), "--epochs", "3"], {encoding: "utf8"});
    assert.strictEqual(other.status, 2);
    assert.match(
      other.stderr,
      /holds this study with other settings \(.*study\.json\): recipe\.epochs: 2 there, 3 here; choose another/,
    );
    const search = run("study", "search", "--candidates", "2", "--out", reference);
    assert.strictEqual(search.status, 2);
    assert.match(
      search.stderr,
      /holds another study \(.*study\.json\): kernel-impact there, search here; choose another folder \(--out\)/,
    );
    assert.strictEqual(stable(reference), before);
  });

  it("killed at any moment and run again, has the same records", async () => {
    const out = join(folder, "killed");
    let kills = 0;
    for (const milliseconds of [1500, 2500, 3500])
      kills += Number(await killedAfter(milliseconds, out, 1 + (kills % 2)));
    assert.ok(kills > 0, "the study ended before it was killed");
    spawnSync(process.execPath, study(out, 2));
    assert.strictEqual(stable(out), stable(reference));
  });

  it("refuses what cannot be in one line, with status 2", () => {
    for (const [args, message] of [
      [["--kernels", "1,4"], /invalid kernels: 1,4; expected kernels, each an odd number from 1 to 255 \(pixels\)/],
      [["--data", "imagenet"], /imagenet/],
      [["--channels", "0"], /invalid channels: 0; expected an integer from 1 to 65536/],
      [["--learning-rate", "NaN"], /invalid learning rate: NaN; expected a number/],
      [["--tau", "0.5"], /invalid .*tau: 0.5; expected a number > 1/],
      [["--sedes", "3"], /unknown option '--sedes'.*--seeds/],
    ] as const) {
      const {stderr, status} = run("study", "kernel-impact", ...args, "--out", join(folder, "x"));
      assert.strictEqual(status, 2, stderr);
      assert.match(stderr, message);
      assert.strictEqual(stderr.trim().split("\n").length, 1, stderr);
    }
    assert.ok(!existsSync(join(folder, "x")));
  });

  it("prints records as a table and as CSV", () => {
    assert.match(run("records", reference).stdout, /kernelSize +seed +status/);
    const lines = run("records", reference, "--csv", "--stable").stdout.trim().split(/\r?\n/);
    assert.strictEqual(lines.length, 5);
    assert.match(lines[0]!, /^study,kernelSize,seed,status,testAccuracy/);
    const nowhere = run("records", join(folder, "nothing"));
    assert.strictEqual(nowhere.status, 2);
    assert.match(nowhere.stderr, /no study in/);
  });
});
