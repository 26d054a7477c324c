import assert from "node:assert";
import {renameSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import type {Dataset} from "../../src/datasets/dataset.js";
import {datasetEntry, isPresent, loadDataset, type SkippedFile} from "../../src/datasets/index.js";
import {assertClose} from "../assert.js";
import {GREY_JPEG, inFolder, pngFolder, pngOf, put, RED_JPEG} from "./fixtures.js";

/** Label and number of each image, read from the colour that pngFolder gave it. */
const filesOf = ({train, test}: Dataset, part: "train" | "test"): string[] => {
  const set = part === "train" ? train : test;
  const bytes = set.samples.length / set.labels.length;
  return Array.from(set.labels, (label, i) => `${label}/${set.samples[i * bytes + 1]}`);
};

/** Loads a folder and collects the files that were left out. */
async function load(dir: string, options: Parameters<typeof loadDataset>[1] = {}, suffix = "") {
  const skipped: SkippedFile[] = [];
  const data = await loadDataset(`folder:${dir}${suffix}`, {...options, onSkipped: (files) => skipped.push(...files)});
  return {data, skipped};
}

describe("a folder of images", () => {
  it("with train/ and test/ is read as it was split, classes sorted by name", () =>
    inFolder(async (dir) => {
      put(dir, {...pngFolder(["cat", "dog"], 3, "train/"), ...pngFolder(["cat", "dog"], 2, "test/")});
      const {data} = await load(dir);
      assert.deepStrictEqual(data.classes, ["cat", "dog"]);
      assert.deepStrictEqual([data.name, data.sampleShape, data.modality], [`folder:${dir}`, [32, 32, 3], "image"]);
      assert.deepStrictEqual(filesOf(data, "train").sort(), ["0/0", "0/1", "0/2", "1/0", "1/1", "1/2"]);
      assert.deepStrictEqual(filesOf(data, "test").sort(), ["0/0", "0/1", "1/0", "1/1"]);
      assert.match(data.provenance, /PNG and JPEG files of .*, resized to 32x32, colour$/);
      const {counts, classCount, sampleShape, modality} = datasetEntry(`folder:${dir}`);
      assert.deepStrictEqual({counts, classCount}, {counts: {train: 6, test: 4}, classCount: 2});
      assert.deepStrictEqual([sampleShape, modality], [[32, 32, 3], "image"]);
      assert.ok(isPresent(`folder:${dir}`) && !isPresent(`folder:${dir}/none`));
    }));

  it("has the mean and standard deviation of its training images alone", () =>
    inFolder(async (dir) => {
      put(dir, {"train/a/0.png": pngOf([0, 51, 255]), "train/b/0.png": pngOf([255, 51, 255])});
      put(dir, {"test/a/0.png": pngOf([9, 9, 9]), "test/b/0.png": pngOf([9, 9, 9])});
      const {data} = await load(dir);
      assertClose(data.mean, [0.5, 0.2, 1]);
      assertClose(data.sd, [0.5, 1, 1]);
    }));

  it("without them gives a fifth of each class to the test set, drawn by the seed", () =>
    inFolder(async (dir) => {
      put(dir, pngFolder(["a", "b", "c"], 10));
      const [first, again, other] = await Promise.all([0, 0, 1].map((seed) => load(dir, {seed})));
      const [train, test] = [filesOf(first!.data, "train"), filesOf(first!.data, "test")];
      assert.deepStrictEqual([train.length, test.length], [24, 6]);
      assert.strictEqual(new Set([...train, ...test]).size, 30);
      for (const label of [0, 1, 2]) assert.strictEqual(test.filter((file) => file.startsWith(`${label}/`)).length, 2);
      assert.strictEqual(again!.data.checksum, first!.data.checksum);
      assert.notDeepStrictEqual(filesOf(other!.data, "test").sort(), test.sort());
    }));

  it("gives the first n in turn from each class, for as long as each has some left", () =>
    inFolder(async (dir) => {
      put(dir, {...pngFolder(["a", "b"], 10), ...pngFolder(["a", "b", "c"], 4)});
      const {data} = await load(dir, {trainCount: 8, testCount: 3});
      assert.deepStrictEqual([...data.train.labels], [0, 1, 2, 0, 1, 2, 0, 1]);
      assert.deepStrictEqual([...data.test.labels], [0, 1, 2]);
      assert.strictEqual(datasetEntry(`folder:${dir}`).balanced, 9, "three classes, of which the rarest trains on 3");
    }));

  it("depends on what is in it, not on where it lies", () =>
    inFolder(async (dir) => {
      put(join(dir, "one"), pngFolder(["a", "b"], 5));
      const before = await load(join(dir, "one"));
      renameSync(join(dir, "one"), join(dir, "two"));
      assert.strictEqual((await load(join(dir, "two"))).data.checksum, before.data.checksum);
      writeFileSync(join(dir, "two", "a", "3.png"), pngOf([1, 2, 3]));
      assert.notStrictEqual((await load(join(dir, "two"))).data.checksum, before.data.checksum);
    }));

  it("is resized to the size in its name, square or not, colour or grey", () =>
    inFolder(async (dir) => {
      put(dir, pngFolder(["a", "b"], 3));
      const {data} = await load(dir, {}, "?channels=1&size=24x40");
      assert.deepStrictEqual(data.sampleShape, [24, 40, 1]);
      assert.strictEqual(data.train.samples.length, data.train.labels.length * 24 * 40);
      assert.strictEqual(data.mean.length, 1);
      assert.deepStrictEqual(datasetEntry(`folder:${dir}?size=8`).sampleShape, [8, 8, 3]);
      for (const [suffix, error] of [
        ["?size=0", /invalid image size: 0; expected pixels from 1 to 1024/],
        ["?size=32x", /invalid image size: 32x/],
        ["?channels=4", /invalid image channels: 4; expected 3 \(colour\) or 1 \(grey\)/],
        ["?sise=32", /unknown option of folder:: sise; expected size or channels/],
      ] as const)
        assert.throws(() => datasetEntry(`folder:${dir}${suffix}`), error);
    }));

  it("leaves out broken images, names each with the reason, and loads all others", () =>
    inFolder(async (dir) => {
      put(dir, {...pngFolder(["a", "b"], 10), "a/text.png": "hello", "b/cut.JPG": RED_JPEG.subarray(0, 500)});
      put(dir, {"a/grey.jpeg": GREY_JPEG, "a/.hidden.png": "x", "b/read me.txt": "x", "a/film.gif": "GIF89a"});
      const {data, skipped} = await load(dir);
      assert.deepStrictEqual(skipped.map(({path}) => path).sort(), [join(dir, "a", "text.png"), join(dir, "b", "cut.JPG")]); // prettier-ignore
      assert.match(skipped.find(({path}) => path.endsWith("text.png"))!.why, /unsupported image format/);
      assert.strictEqual(data.train.labels.length + data.test.labels.length, 21);
      assert.match(
        data.provenance,
        /2 of 23 files could not be read; not read: 2 files \(.gif, .txt\) neither PNG nor JPEG/,
      );
    }));

  it("warns of files left out where nobody asks for them", () =>
    inFolder(async (dir) => {
      put(dir, {...pngFolder(["a", "b"], 5), "a/text.png": "hello"});
      const {warn} = console;
      const said: string[] = [];
      console.warn = (text: string) => void said.push(text);
      try {
        await loadDataset(`folder:${dir}`);
      } finally {
        console.warn = warn;
      }
      assert.match(
        said.join("\n"),
        /^warning: 1 file of folder:.* could not be read and is left out:\n {2}.*text.png: /,
      );
    }));

  it("without a readable image in a class is an error", () =>
    inFolder(async (dir) => {
      put(dir, {...pngFolder(["a"], 5), "b/0.png": "x", "b/1.png": "y"});
      await assert.rejects(load(dir), /invalid class b: none of its images can be read \(.*png: .*unsupported/);
    }));

  it("reports how far it is, and stops when asked", () =>
    inFolder(async (dir) => {
      put(dir, pngFolder(["a", "b"], 10));
      const told: number[] = [];
      await load(dir, {onProgress: (done, total) => told.push(done / total)});
      assert.ok(told.length >= 2 && told.at(-1) === 1, `${told}`);
      await assert.rejects(load(dir, {signal: AbortSignal.abort()}), /abort/i);
    }));

  it("is listed again when files were added", () =>
    inFolder(async (dir) => {
      put(dir, pngFolder(["a", "b"], 5));
      assert.strictEqual(datasetEntry(`folder:${dir}`).counts!.train, 8);
      put(dir, pngFolder(["a", "b", "c"], 10));
      assert.strictEqual(datasetEntry(`folder:${dir}`).counts!.train, 24);
    }));

  for (const [what, files, error] of [
    ["nothing", {}, /invalid folder .*: no folders of classes; expected one folder a class, in it PNG or JPEG files/],
    ["images and no folders", {"a.png": pngOf([1, 2, 3])}, /: 1 images and no folders of classes; expected/],
    ["one class", pngFolder(["a"], 4), /: one class, a; expected at least two folders of classes/],
    ["a class without images", {...pngFolder(["a"], 4), "b/x.txt": "x"}, /invalid class folder .*b: no images, but 1 file \(.txt\); expected PNG or JPEG/], // prettier-ignore
    ["folders within a class", {...pngFolder(["a"], 4), "b/c/0.png": "x"}, /class folder .*b: folders \(c\) and no images/], // prettier-ignore
    ["one image in a class", {...pngFolder(["a"], 4), ...pngFolder(["a", "b"], 1)}, /class folder .*b: one image; expected at least two/], // prettier-ignore
    ["train/ alone", pngFolder(["a", "b"], 2, "train/"), /: train\/ without test\/; expected/],
    ["other classes in test/", {...pngFolder(["a", "b"], 2, "train/"), ...pngFolder(["a", "c"], 2, "test/")}, /test: no folder b; expected the same classes/], // prettier-ignore
  ] as const)
    it(`refuses a folder with ${what}`, () =>
      inFolder(async (dir) => {
        put(dir, files);
        await assert.rejects(load(dir), error);
      }));

  it("refuses what is no folder, and counts beyond what it holds", () =>
    inFolder(async (dir) => {
      await assert.rejects(load(join(dir, "none")), /invalid folder of images: .*none; expected an existing folder/);
      put(dir, {"file.png": "x", ...pngFolder(["a", "b"], 5)});
      await assert.rejects(load(join(dir, "file.png")), /file.png, a file; expected a folder/);
      await assert.rejects(
        load(dir, {trainCount: 9}),
        /invalid trainCount of folder:.*: 9; expected an integer from 1 to 8/,
      );
      rmSync(join(dir, "a"), {recursive: true});
      await assert.rejects(load(dir), /one class, b/);
      assert.throws(() => datasetEntry("folder:"), /invalid data set: folder:; expected a path after "folder:"/);
      assert.throws(() => datasetEntry("folders:x"), /unknown data set: folders:x; expected .*folder:DIR or npz:FILE/);
    }));
});
