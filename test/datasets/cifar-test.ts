import assert from "node:assert";
import {existsSync} from "node:fs";
import {join} from "node:path";
import {loadDataset} from "../../src/datasets/index.js";
import {install} from "../../src/datasets/install.js";
import {channelStatistics} from "../../src/datasets/statistics.js";
import {RECIPES} from "../../src/datasets/recipe.js";
import {packageRoot} from "../../src/root.js";
import {assertClose} from "../assert.js";
import {cifarRecords, inFolder, put} from "./fixtures.js";

const shared = join(packageRoot, "..", "shared", "data");

function needs(context: Mocha.Context, folder: string): void {
  if (existsSync(join(shared, folder))) return;
  console.log(`      (skipped: no real data in ${join(shared, folder)})`);
  context.skip();
}

const FOLDER = "cifar-10-batches-bin";

describe("cifar", () => {
  it("turns planes into pixels and labels into classes", () =>
    inFolder(async (dataDir) => {
      const pixels = (i: number): number => Math.floor(i / 1024) * 50 + (i % 50);
      put(join(dataDir, FOLDER), {
        "data_batch_1.bin": cifarRecords([[6], [9]], pixels),
        "test_batch.bin": cifarRecords([[3]]),
      });
      const {train, test, classes, sampleShape} = await loadDataset("cifar10", {dataDir});
      assert.deepStrictEqual(sampleShape, [32, 32, 3]);
      assert.deepStrictEqual(
        [...train.labels].map((l) => classes[l]),
        ["frog", "truck"],
      );
      assert.deepStrictEqual(
        [...test.labels].map((l) => classes[l]),
        ["cat"],
      );
      assert.deepStrictEqual([...train.samples.slice(0, 6)], [0, 74, 148, 1, 75, 149]);
    }));

  it("reads the first records across files, and only those", () =>
    inFolder(async (dataDir) => {
      const folder = put(join(dataDir, FOLDER), {
        "data_batch_1.bin": cifarRecords([[0], [1], [2]]),
        "data_batch_2.bin": cifarRecords([[3], [4], [77]]),
        "test_batch.bin": cifarRecords([[5], [6]]),
      });
      const {train, test} = await loadDataset("cifar10", {dataDir, trainCount: 5, testCount: 1});
      assert.deepStrictEqual([...train.labels], [0, 1, 2, 3, 4]);
      assert.deepStrictEqual([...test.labels], [5]);
      await assert.rejects(loadDataset("cifar10", {dataDir}), {
        message: `invalid label of record 2 in ${join(folder, "data_batch_2.bin")}: 77; expected 0 to 9; the file is damaged`,
      });
      await assert.rejects(
        loadDataset("cifar10", {dataDir, trainCount: 7}),
        /trainCount of cifar10: 7; expected an integer from 1 to 6/,
      );
    }));

  it("gives CIFAR-100's records fine or coarse classes", () =>
    inFolder(async (dataDir) => {
      const records = cifarRecords([
        [11, 19],
        [15, 29],
      ]);
      put(join(dataDir, "cifar-100-binary"), {"train.bin": records, "test.bin": records});
      const fine = await loadDataset("cifar100", {dataDir});
      const coarse = await loadDataset("cifar100-coarse", {dataDir});
      assert.deepStrictEqual(
        [...fine.train.labels].map((l) => fine.classes[l]),
        ["cattle", "dinosaur"],
      );
      assert.deepStrictEqual(
        [...coarse.train.labels].map((l) => coarse.classes[l]),
        ["large_omnivores_and_herbivores", "reptiles"],
      );
      assert.deepStrictEqual([fine.classes.length, coarse.classes.length], [100, 20]);
    }));

  it("refuses a file that does not hold whole records", () =>
    inFolder(async (dataDir) => {
      put(join(dataDir, FOLDER), {"data_batch_1.bin": Buffer.alloc(5000), "test_batch.bin": cifarRecords([[0]])});
      await assert.rejects(
        loadDataset("cifar10", {dataDir}),
        /5000 bytes; expected a whole number of records of 3073 bytes/,
      );
    }));

  it("says how to get a data set that is not there", () =>
    inFolder(async (dataDir) => {
      await assert.rejects(loadDataset("cifar10", {dataDir}), /not installed: no folder .*npx spikebook data cifar10/);
      await assert.rejects(
        loadDataset("cifar11", {dataDir}),
        /unknown data set: cifar11; expected procedural, procedural-16, cifar10,/,
      );
      await assert.rejects(loadDataset("cifar10", {datadir: 1} as never), /unknown loadDataset option: datadir/);
    }));

  it("reads a cut of the real CIFAR-10 whose provenance says so", async function () {
    needs(this, "cifar-10-mini");
    await inFolder(async (dataDir) => {
      const manifest = await install("cifar10", RECIPES.cifar10, {dataDir, from: join(shared, "cifar-10-mini")});
      assert.deepStrictEqual([manifest.train, manifest.test, manifest.cut], [1000, 500, true]);
      assert.strictEqual(
        manifest.files["data_batch_1.bin"]!.sha256,
        "1c5f9ea0fc1111d586f29115efd3db25eecf7db27b29aaebbe84721446b052cc",
      );
      const {train, classes, mean, sd, provenance} = await loadDataset("cifar10", {dataDir});
      assert.match(provenance, /CUT: 1000 training and 500 test images; missing data_batch_2.bin/);
      assert.deepStrictEqual(
        [...train.labels.slice(0, 5)].map((l) => classes[l]),
        ["frog", "truck", "truck", "deer", "automobile"],
      );
      // The published statistics of all 50,000 images hold for 1,000 within a few hundredths.
      const own = channelStatistics(train.samples, 3);
      assertClose(own.mean, mean as number[], {atol: 0.02, rtol: 0});
      assertClose(own.sd, sd as number[], {atol: 0.02, rtol: 0});
    });
  });

  it("reads the real CIFAR-10 and CIFAR-100 test files out of .xz and knows them by their sums", async function () {
    needs(this, "cifar-100-binary");
    this.slow(20_000);
    await inFolder(async (dataDir) => {
      const manifest = await install("cifar100", RECIPES.cifar100, {dataDir, from: join(shared, "cifar-100-binary")});
      assert.deepStrictEqual(
        [manifest.files["test.bin"]!.official, manifest.files["train.bin"]!.official],
        [true, false],
      );
      const {test} = await loadDataset("cifar100", {dataDir, trainCount: 1});
      for (let c = 0; c < 100; ++c) assert.strictEqual(test.labels.filter((l) => l === c).length, 100);
    });
  });
});
