import assert from "node:assert";
import {existsSync} from "node:fs";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import {loadDataset} from "../../src/datasets/index.js";
import {install} from "../../src/datasets/install.js";
import {channelStatistics} from "../../src/datasets/statistics.js";
import {RECIPES} from "../../src/datasets/recipe.js";
import {packageRoot} from "../../src/root.js";
import {assertClose} from "../assert.js";
import {idxImages, idxLabels, inFolder, put} from "./fixtures.js";

const good = {
  "train-images-idx3-ubyte": idxImages(3),
  "train-labels-idx1-ubyte": idxLabels([5, 0, 4]),
  "t10k-images-idx3-ubyte": idxImages(2),
  "t10k-labels-idx1-ubyte": idxLabels([7, 2]),
};

const load = (files: Readonly<Record<string, Uint8Array>>) =>
  inFolder((dataDir) => {
    put(join(dataDir, "mnist"), files);
    return loadDataset("mnist", {dataDir});
  });

describe("idx", () => {
  it("reads images of 28x28 with their labels", async () => {
    const {train, test, sampleShape} = await load(good);
    assert.deepStrictEqual([...sampleShape, train.samples.length], [28, 28, 1, 3 * 784]);
    assert.deepStrictEqual(
      [[...train.labels], [...test.labels]],
      [
        [5, 0, 4],
        [7, 2],
      ],
    );
    assert.deepStrictEqual([train.samples[0], train.samples[784], train.samples[3 * 784 - 1]], [0, 1, 2]);
  });

  const cases: readonly (readonly [string, Record<string, Uint8Array>, RegExp])[] = [
    [
      "a wrong magic number",
      {"train-images-idx3-ubyte": idxImages(3, [0x802, 3, 28, 28])},
      /magic number of .*: 0x00000802; expected 0x00000803/,
    ],
    [
      "images of another shape",
      {"train-images-idx3-ubyte": idxImages(3, [0x803, 3, 32, 28])},
      /shape of .*: 32x28; expected 28x28/,
    ],
    [
      "fewer bytes than the header states",
      {"t10k-images-idx3-ubyte": idxImages(2).subarray(0, 1000)},
      /size of .*: 1000 bytes; expected 1584 bytes, for the 2 images/,
    ],
    [
      "a file without a header",
      {"t10k-labels-idx1-ubyte": Buffer.alloc(3)},
      /size of .*: 3 bytes; expected an idx file with its header/,
    ],
    [
      "another number of labels than images",
      {"train-labels-idx1-ubyte": idxLabels([1, 2])},
      /number of labels in .*: 2; expected 3/,
    ],
    ["a label out of range", {"train-labels-idx1-ubyte": idxLabels([1, 10, 2])}, /label 1 in .*: 10; expected 0 to 9/],
  ];
  for (const [what, files, message] of cases)
    it(`refuses ${what}`, () => assert.rejects(load({...good, ...files}), {name: "InputError", message}));

  it("is installed from .gz and from names with dots; a gzip cut short is refused", () =>
    inFolder(async (dir) => {
      const from = put(join(dir, "from"), {
        "a/train-images-idx3-ubyte.gz": gzipSync(good["train-images-idx3-ubyte"]),
        "a/train-labels.idx1-ubyte": good["train-labels-idx1-ubyte"],
        "a/t10k-images-idx3-ubyte": good["t10k-images-idx3-ubyte"],
        "a/t10k-labels-idx1-ubyte.gz": gzipSync(good["t10k-labels-idx1-ubyte"]),
      });
      const dataDir = join(dir, "data");
      const manifest = await install("mnist", RECIPES.mnist, {dataDir, from});
      assert.deepStrictEqual([manifest.train, manifest.test, manifest.cut], [3, 2, true]);
      assert.deepStrictEqual([...(await loadDataset("mnist", {dataDir})).test.labels], [7, 2]);
      put(from, {"a/train-images-idx3-ubyte.gz": gzipSync(good["train-images-idx3-ubyte"]).subarray(0, 30)});
      await assert.rejects(
        install("mnist", RECIPES.mnist, {dataDir, from}),
        /train-images-idx3-ubyte.gz: unexpected end of file; expected a whole file/,
      );
      assert.strictEqual((await loadDataset("mnist", {dataDir})).train.labels.length, 3);
    }));

  it("reads the real Fashion-MNIST, whose statistics are the published ones", async function () {
    const from = join(packageRoot, "..", "shared", "data", "fashion-mnist");
    if (!existsSync(from)) {
      console.log(`      (skipped: no real data in ${from})`);
      this.skip();
    }
    await inFolder(async (dataDir) => {
      const manifest = await install("fashion-mnist", RECIPES["fashion-mnist"], {dataDir, from});
      assert.deepStrictEqual([manifest.train, manifest.test, manifest.cut], [60_000, 10_000, false]);
      assert.ok(Object.values(manifest.files).every(({official}) => official));
      const {train, classes, mean, sd, provenance} = await loadDataset("fashion-mnist", {dataDir});
      assert.strictEqual(classes[train.labels[0]!], "Ankle boot");
      assert.match(provenance, /; verified$/);
      const own = channelStatistics(train.samples, 1);
      assertClose([...own.mean, ...own.sd], [...mean, ...sd], {atol: 5e-5, rtol: 0});
    });
  });
});
