import assert from "node:assert";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {usedNodes} from "../../src/architectures/wiring.js";
import {SPIKENAS_BENCH_SIZE, spikenasBenchCell, spikenasBenchOps} from "../../src/architectures/spikenasBench.js";
import {scoreBenchNetworks, stratifiedSample} from "../../src/studies/benchNetworkScores.js";
import type {BenchScoring} from "../../src/studies/benchScoreTask.js";

const alive = Array.from({length: SPIKENAS_BENCH_SIZE}, (_, id) => id).filter((id) => usedNodes(spikenasBenchCell(id))[0]); // prettier-ignore
const convolutions = (id: number): number => spikenasBenchOps(id).filter((op) => op >= 2).length;

describe("a stratified sample of SpikeNAS-Bench", () => {
  it("has the asked number of networks, once each, and the shares of the whole", () => {
    assert.strictEqual(alive.length, 15284);
    const sample = stratifiedSample(alive, 1000, 1);
    assert.strictEqual(new Set(sample).size, 1000);
    for (let k = 0; k <= 6; ++k) {
      const share = (ids: readonly number[]): number => ids.filter((id) => convolutions(id) === k).length / ids.length;
      assert.ok(Math.abs(share(sample) - share(alive)) <= 0.001, `${k} convolutions`);
    }
  });

  it("is the same for a seed and another for another", () => {
    assert.deepStrictEqual(stratifiedSample(alive, 50, 1), stratifiedSample(alive, 50, 1));
    assert.notDeepStrictEqual(stratifiedSample(alive, 50, 2), stratifiedSample(alive, 50, 1));
    assert.throws(() => stratifiedSample(alive, 20000, 1), /invalid sample: 20000; expected at most 15284/);
  });
});

describe("scores of SpikeNAS-Bench's networks", () => {
  const scoring: BenchScoring = {
    scores: ["sahd", "gradientNorm", "longestConvPath"],
    channels: 2,
    hidden: 8,
    repeats: 1,
    data: {name: "procedural", trainCount: 20, seed: 0, batch: 4},
    head: "unitVariance",
    seed: 1,
    backend: "wasm",
  };
  const folder = mkdtempSync(join(tmpdir(), "bench-scores-"));
  after(() => rmSync(folder, {recursive: true, force: true}));

  it("are the same from one process and from two, and are not computed twice", async () => {
    const ids = [3317, 12617, 15624, 11775];
    const values = async (out: string, workers: number) =>
      (await scoreBenchNetworks(ids, scoring, {out: join(folder, out), workers})).map(({network, values, statuses}) => ({network, values, statuses})); // prettier-ignore
    const one = await values("one", 1);
    assert.deepStrictEqual(await values("two", 2), one);
    assert.deepStrictEqual(one.map(({network}) => network), ids); // prettier-ignore
    assert.ok(one.every(({values: v}) => v.longestConvPath !== null));
    const before = readFileSync(join(folder, "one", "bench-scores.jsonl"), "utf8");
    let computed = 0;
    await scoreBenchNetworks(ids, scoring, {out: join(folder, "one"), workers: 1, onProgress: () => void ++computed});
    assert.strictEqual(computed, 0);
    assert.strictEqual(readFileSync(join(folder, "one", "bench-scores.jsonl"), "utf8"), before);
  });
});
