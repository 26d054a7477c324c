import assert from "node:assert";
import {CELL, randomCells, withKernels} from "../../bench/cells.js";
import {findPeer, median, runLanes, type Side} from "../../bench/lanes.js";
import {checkPeer, fastest, trainingWorks} from "../../bench/measure.js";
import {formatCell} from "../../src/architectures/cell.js";

/** A side whose lanes take `ms` for a step with one thread and with two, and say so when they are warm. */
const side = (ms: readonly [number, number]): Side => ({
  name: "made up",
  about: "",
  command: [
    process.execPath,
    "-e",
    `const lines = require("node:readline").createInterface({input: process.stdin});
     const ms = ${JSON.stringify(ms)};
     const say = (value) => console.log(JSON.stringify(value));
     let asked;
     lines.on("line", (line) => {
       if (line === "go") return say({ms: [1, 1, 3].map((times) => times * ms[asked.threads - 1]), bytes: 7});
       asked = JSON.parse(line);
       say({ready: true, format: "plain", warm: ms[asked.threads - 1]});
     });`,
  ],
});
const SETTINGS = [
  {name: "two processes", lanes: 2, threads: 1},
  {name: "two threads", lanes: 1, threads: 2},
];

describe("the benchmark", function () {
  this.timeout(20_000);

  it("puts k×k kernels in the place of 3×3, and leaves 1×1", () => {
    assert.strictEqual(formatCell(withKernels(CELL, 7)), "0777 0012 0007 0000");
    assert.strictEqual(formatCell(withKernels(CELL, 3)), "0333 0012 0003 0000");
    const [one] = randomCells(1);
    assert.deepStrictEqual(randomCells(2)[0], one);
  });

  it("measures each training step once, whichever parts are wanted", () => {
    const all = trainingWorks({train: true, kernels: true}, false);
    assert.strictEqual(new Set(all.map((work) => JSON.stringify(work))).size, all.length);
    assert.strictEqual(all.length, 2 * (5 + 2));
    assert.deepStrictEqual(trainingWorks({train: false, kernels: false}, false), []);
    const sizes = trainingWorks({train: false, kernels: true}, false).map(({channels, k}) => `${channels}:${k}`);
    assert.deepStrictEqual(sizes, ["16:1", "16:3", "16:5", "16:7", "16:9", "64:1", "64:3", "64:5", "64:7", "64:9"]);
    assert.deepStrictEqual(trainingWorks({train: true, kernels: false}, true), [
      {channels: 16, k: 3, surrogate: "atan"},
    ]);
  });

  it("takes the setting with the most images a second, all lanes together", async () => {
    const first = await fastest(side([100, 60]), SETTINGS, {work: "train"}, 32);
    assert.deepStrictEqual(first, {rate: 2 * 320, at: "two processes, plain", bytes: 7});
    const second = await fastest(side([100, 40]), SETTINGS, {work: "train"}, 32);
    assert.deepStrictEqual(second, {rate: 800, at: "two threads, plain", bytes: 7});
  });

  it("leaves a setting out whose warm-up is far behind", async () => {
    const asked = [{work: "train", threads: 1}];
    assert.deepStrictEqual(await runLanes(side([1, 1]), asked, () => false), []);
    const [lane] = await runLanes(side([1, 1]), asked, ([ready]) => ready!.warm === 1);
    assert.deepStrictEqual(lane!.result, {ms: [1, 1, 3], bytes: 7});
  });

  it("takes medians", () => {
    assert.strictEqual(median([5, 1, 3]), 3);
    assert.strictEqual(median([4, 1, 3, 2]), 2.5);
  });

  it("computes the same network as the peer, with kernels of every size", async function () {
    const peer = findPeer();
    if (typeof peer === "string") return void this.skip();
    this.timeout(240_000);
    for (const k of [5, 7]) {
      const checks = await checkPeer(peer, {kernelSizes: [k], seeds: 2});
      const agrees = checks.find(({logits, gradients, score}) => logits < 1e-5 && gradients < 1e-4 && score < 1e-6);
      assert.ok(agrees, JSON.stringify(checks));
    }
  });
});
