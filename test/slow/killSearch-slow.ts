// A search killed twenty times at random moments ends with the journal and the result of one that was not.

import assert from "node:assert";
import {spawn, spawnSync} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {unsealed} from "../../src/disk/seal.js";
import {random, randomKey} from "../../src/random.js";
import {packageRoot} from "../../src/root.js";

const BIN = join(packageRoot, "bin", "spikebook.js");
const SEARCH =
  "study search --algorithm evolution --candidates 120 --channels 8 --timesteps 4 --batch 32 --repeats 2 --max-params 30000".split(
    " ",
  );
const run = (...args: string[]): string => spawnSync(process.execPath, [BIN, ...args], {encoding: "utf8"}).stdout;
const result = (out: string): object => ({
  ...(unsealed(readFileSync(join(out, "result.json"), "utf8")) as object),
  scoringSeconds: 0,
});

/** Starts the search and kills it after `ms`; whether it was still running. */
const killedAfter = (ms: number, out: string, workers: number): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [BIN, ...SEARCH, "--workers", String(workers), "--out", out]);
    const timer = setTimeout(() => child.kill("SIGKILL"), ms);
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      resolve(signal === "SIGKILL" && code === null);
    });
  });

describe("a search killed twenty times", () => {
  const folder = mkdtempSync(join(tmpdir(), "kill-search-"));
  after(() => rmSync(folder, {recursive: true, force: true}));

  for (const workers of [1, 2])
    it(`with ${workers} process(es)`, async () => {
      const stream = random(randomKey(workers, "kills"));
      const reference = join(folder, `whole-${workers}`);
      run(...SEARCH, "--workers", String(workers), "--out", reference);
      const expected = run("records", reference, "--json", "--stable");
      assert.ok(expected.trim().split("\n").length > 50);
      let kills = 0;
      for (let round = 0; kills < 20; ++round) {
        const out = join(folder, `killed-${workers}-${round}`);
        for (let alive = true; alive && kills < 20; ) {
          alive = await killedAfter(700 + stream.integer(1500), out, workers);
          kills += Number(alive);
        }
        run(...SEARCH, "--workers", String(workers), "--out", out);
        assert.strictEqual(run("records", out, "--json", "--stable"), expected);
        assert.deepStrictEqual(result(out), result(reference));
      }
    });
});
