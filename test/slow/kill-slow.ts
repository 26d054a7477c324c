// A study killed twenty times at random moments, with one process and with two, ends with the records of one that was not.

import assert from "node:assert";
import {spawnSync} from "node:child_process";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {random, randomKey} from "../../src/random.js";
import {packageRoot} from "../../src/root.js";
import {killedAfter} from "../cli/study-test.js";
import {SMALL_OPTIONS} from "../studies/small.js";

const BIN = join(packageRoot, "bin", "spikebook.js");
const run = (...args: string[]): string => spawnSync(process.execPath, [BIN, ...args], {encoding: "utf8"}).stdout;

describe("a study killed twenty times", () => {
  const folder = mkdtempSync(join(tmpdir(), "kill-"));
  after(() => rmSync(folder, {recursive: true, force: true}));

  for (const workers of [1, 2])
    it(`with ${workers} process(es)`, async () => {
      const stream = random(randomKey(workers, "kills"));
      const reference = join(folder, `whole-${workers}`);
      run("study", "kernel-impact", ...SMALL_OPTIONS, "--workers", String(workers), "--out", reference);
      const expected = run("records", reference, "--json", "--stable");
      assert.strictEqual(expected.trim().split("\n").length, 4);
      let kills = 0;
      for (let round = 0; kills < 20; ++round) {
        const out = join(folder, `killed-${workers}-${round}`);
        for (let alive = true; alive && kills < 20; ) {
          alive = await killedAfter(800 + stream.integer(3500), out, workers);
          kills += Number(alive);
        }
        run("study", "kernel-impact", ...SMALL_OPTIONS, "--workers", String(workers), "--out", out);
        assert.strictEqual(run("records", out, "--json", "--stable"), expected);
      }
    });
});
