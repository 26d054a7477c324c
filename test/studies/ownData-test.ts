import assert from "node:assert";
import {writeFileSync} from "node:fs";
import {join} from "node:path";
import {loadDataset} from "../../src/datasets/index.js";
import {useBackend} from "../../src/kernels/index.js";
import {splitOf} from "../../src/studies/evaluateTrial.js";
import {kernelImpactSettings, kernelImpactTrials} from "../../src/studies/kernelImpact.js";
import {runStudy} from "../../src/studies/runStudy.js";
import {inFolder, npyOf, pngFolder, pngOf, put, zipOf} from "../datasets/fixtures.js";

/** Trials of seconds on the images of a folder. */
const trialsOf = (dir: string, seeds: number) =>
  kernelImpactTrials(
    kernelImpactSettings({
      kernelSizes: [1],
      seeds,
      data: `folder:${dir}?size=16`,
      network: {channels: 2, T: 2, head: {hidden: 8, voters: 4, dropout: 0}},
      recipe: {epochs: 1, batchSize: 10, guard: "off"},
    }),
  );

/** Twenty samples of counts [T, H, W, C] = [3, 8, 8, 2] of two classes. */
function timed(): Buffer {
  const counts = Array.from({length: 20 * 3 * 128}, (_, i) => (i * 7 + Math.floor(i / 384)) % 5);
  const labels = Array.from({length: 20}, (_, i) => i % 2);
  return zipOf({"x.npy": npyOf(counts, [20, 3, 8, 8, 2], "|u1"), "y.npy": npyOf(labels, [20], "<i8")});
}

describe("a study of a user's own images", function () {
  this.timeout(60000);
  before(() => useBackend("wasm"));

  it("goes on with the same images, and stops where they have changed", () =>
    inFolder(async (dir) => {
      const [images, out] = [join(dir, "images"), join(dir, "out")];
      put(images, pngFolder(["a", "b"], 10));
      const first = await runStudy(trialsOf(images, 1), {}, {out, workers: 0});
      const {name, checksum, train, validation, test} = first.records[0]!.data;
      assert.deepStrictEqual([name, train, validation, test], [`folder:${images}?size=16`, 13, 3, 4]);
      assert.match(checksum, /^[0-9a-f]{64}$/);
      assert.strictEqual((await runStudy(trialsOf(images, 2), {}, {out, workers: 0})).ran, 1);
      writeFileSync(join(images, "a", "3.png"), pngOf([200, 1, 1]));
      await assert.rejects(
        runStudy(trialsOf(images, 3), {}, {out, workers: 0}),
        /data set folder:.* has changed: its checksum is [0-9a-f]{12}…, that of this study's records [0-9a-f]{12}…; put the files back/,
      );
    }));

  it("may be of images that are not square, and of samples with time, also by rates", () =>
    inFolder(async (dir) => {
      put(dir, {"a.npz": timed()});
      put(join(dir, "wide"), pngFolder(["a", "b"], 10));
      const settings = {
        kernelSizes: [3] as const,
        seeds: 1,
        network: {channels: 2, T: 3, head: {hidden: 8, voters: 4, dropout: 0}},
        recipe: {epochs: 1, batchSize: 10, guard: "off"} as const,
      };
      const wide = kernelImpactSettings({...settings, data: `folder:${dir}/wide?size=16x24`});
      const rates = kernelImpactSettings({...settings, data: wide.data, network: {...wide.network, encoding: "rate"}});
      const time = kernelImpactSettings({...settings, data: `npz:${dir}/a.npz`});
      assert.throws(() => kernelImpactSettings({...settings, data: wide.data, network: {encoding: "none"}}), /invalid encoding: none; expected one that makes timesteps of an image/); // prettier-ignore
      for (const [i, {shape, encoding, chosen}] of [
        {shape: [16, 24], encoding: undefined, chosen: wide},
        {shape: [16, 24], encoding: "rate", chosen: rates},
        {shape: 8, encoding: "none", chosen: time},
      ].entries()) {
        const {records} = await runStudy(kernelImpactTrials(chosen), {}, {out: join(dir, `out${i}`), workers: 0});
        const {status, architecture} = records[0]!;
        assert.deepStrictEqual([status, architecture.input.size, architecture.encoding], ["ok", shape, encoding]);
      }
    }));

  it("trains on fewer where files cannot be read, and validates on as many", () =>
    inFolder(async (dir) => {
      put(dir, {...pngFolder(["a", "b"], 20), "b/7.png": "broken", "b/8.png": "broken"});
      const data = await loadDataset(`folder:${dir}?size=4`, {onSkipped: () => undefined});
      const held = Array.from(data.train.labels).filter((label) => label === 1).length;
      assert.ok(held >= 14 && held < 16, `${held}`);
      const spec = {name: data.name, trainCount: 32, testCount: 8, train: 26, validation: 6, seed: 0};
      const {train, validation} = splitOf(spec, data);
      assert.deepStrictEqual([train.length, validation.length], [2 * held - 6, 6]);
    }));
});
