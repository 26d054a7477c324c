import assert from "node:assert";
import {spawnSync} from "node:child_process";
import {existsSync} from "node:fs";
import {join} from "node:path";
import {loadDataset} from "../../src/datasets/index.js";
import {install} from "../../src/datasets/install.js";
import {RECIPES} from "../../src/datasets/recipe.js";
import {decodeTinyImage} from "../../src/datasets/tinyImageNet.js";
import {membersOf} from "../../src/datasets/unpack.js";
import {packageRoot} from "../../src/root.js";
import {assertClose} from "../assert.js";
import {CMYK_JPEG, GREY_JPEG, inFolder, put, RED_JPEG} from "./fixtures.js";

const TWO_CLASSES = {
  "wnids.txt": "n02\nn01\n",
  "words.txt": "n01\tgoldfish, Carassius auratus\nn02\tladybug\nn03\tunused\n",
  "train/n01/images/n01_0.JPEG": RED_JPEG,
  "train/n01/images/n01_2.JPEG": RED_JPEG,
  "train/n01/images/n01_10.JPEG": RED_JPEG,
  "train/n01/n01_boxes.txt": "n01_0.JPEG\t0\t0\t1\t1\n",
  "train/n02/images/n02_0.JPEG": GREY_JPEG,
  "val/images/val_0.JPEG": GREY_JPEG,
  "val/images/val_1.JPEG": RED_JPEG,
  "val/val_annotations.txt": "val_1.JPEG\tn01\t0\t0\t1\t1\nval_0.JPEG\tn02\t0\t0\t1\t1\n",
};

const bytesOf = async (stream: AsyncIterable<unknown>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const IMAGE = 64 * 64 * 3;

describe("tinyImageNet", () => {
  it("decodes colour, grey and CMYK files to three channels", () => {
    for (const [file, pixel] of [
      [RED_JPEG, [255, 0, 0]],
      [GREY_JPEG, [128, 128, 128]],
      [CMYK_JPEG, [255, 0, 0]],
    ] as const) {
      const image = decodeTinyImage("x.JPEG", file);
      assert.strictEqual(image.length, IMAGE);
      assertClose([...image.slice(-3)], pixel, {atol: 2, rtol: 0});
    }
  });

  it("reads the official folders: classes by wnids.txt, training images in turn, val as annotated", () =>
    inFolder(async (dir) => {
      const from = put(join(dir, "from"), TWO_CLASSES);
      const dataDir = join(dir, "data");
      const {train, test, notes, cut} = await install("tiny-imagenet", RECIPES["tiny-imagenet"], {dataDir, from});
      assert.deepStrictEqual({train, test, notes, cut}, {train: 4, test: 2, notes: ["2 of 200 classes"], cut: true});
      const d = await loadDataset("tiny-imagenet", {dataDir});
      assert.deepStrictEqual(d.classes, ["ladybug", "goldfish"]);
      assert.deepStrictEqual([...d.train.labels], [0, 1, 1, 1]);
      assert.deepStrictEqual([...d.test.labels], [1, 0]);
      assertClose([d.train.samples[0]!, d.train.samples[IMAGE]!, d.test.samples[0]!], [128, 255, 255], {
        atol: 2,
        rtol: 0,
      });
      assert.strictEqual(
        (await loadDataset("tiny-imagenet", {dataDir, trainCount: 2})).train.samples.length,
        2 * IMAGE,
      );
    }));

  it("says in words what the decoder did not foresee", () => {
    const odd = Buffer.from(GREY_JPEG);
    odd[odd.indexOf(Buffer.from([0xff, 0xda])) + 5] = 9; // a scan of a component that the image lacks
    const refused = /^invalid x\.JPEG: its parts do not fit together; expected a whole JPEG file$/;
    assert.throws(() => decodeTinyImage("x.JPEG", odd), {message: refused});
  });

  const wrong: readonly (readonly [string, Record<string, Uint8Array | string>, RegExp])[] = [
    [
      "a truncated JPEG",
      {"train/n01/images/n01_2.JPEG": RED_JPEG.subarray(0, 300)},
      /n01_2.JPEG: .*; expected a whole JPEG file/,
    ],
    [
      "an annotation of an unknown class",
      {"val/val_annotations.txt": "val_1.JPEG\tn09\t0\n"},
      /class in line 1 of .*: n09; expected a class of wnids.txt/,
    ],
    [
      "an annotated image that is missing",
      {"val/val_annotations.txt": "val_7.JPEG\tn01\t0\n"},
      /val_7.JPEG: no such file/,
    ],
    [
      "a class that is named twice",
      {"wnids.txt": "n02\nn01\nn02\n"},
      /invalid classes in .*wnids\.txt: n02 twice; expected each once/,
    ],
    [
      "more than 200 classes, whose labels would not be a byte",
      {"wnids.txt": Array.from({length: 201}, (_, i) => `n${i}\n`).join("")},
      /invalid number of classes in .*wnids\.txt: 201; expected at most 200/,
    ],
    [
      "a class that is no WordNet id: it becomes a folder's name",
      {"wnids.txt": "n02\n../n01\n"},
      /invalid class in .*wnids\.txt: \.\.\/n01; expected such as n01443537/,
    ],
    [
      "a class without images",
      {"wnids.txt": "n01\nn02\nn05\n"},
      /no JPEG files; expected the training images of class n05/,
    ],
  ];
  for (const [what, files, message] of wrong)
    it(`refuses ${what}`, () =>
      inFolder(async (dir) => {
        const from = put(join(dir, "from"), {...TWO_CLASSES, ...files});
        const target = {dataDir: join(dir, "data"), from};
        await assert.rejects(install("tiny-imagenet", RECIPES["tiny-imagenet"], target), {name: "InputError", message});
      }));

  it("reads ten real classes out of .tar.xz", async function () {
    const from = join(packageRoot, "..", "shared", "data", "tiny-imagenet");
    if (!existsSync(from) || spawnSync("xz", ["--version"]).status !== 0) {
      console.log(`      (skipped: no real data in ${from}, or no program xz)`);
      this.skip();
    }
    await inFolder(async (dir) => {
      // Twenty images a class: decoding all 5,500 takes longer than a test should.
      const [taken, dataDir] = [join(dir, "taken"), join(dir, "data")];
      for await (const {path, open} of membersOf(join(from, "tiny-imagenet-10class-subset.tar.xz"), {
        member: () => 1e7,
        total: 1e9,
      }))
        if (/(_1?\d\.JPEG|\.txt|val_\d+\.JPEG)$/.test(path)) put(taken, {[path]: await bytesOf(await open())});
      const {train, test} = await install("tiny-imagenet", RECIPES["tiny-imagenet"], {dataDir, from: taken});
      assert.deepStrictEqual([train, test], [200, 500]);
      const d = await loadDataset("tiny-imagenet", {dataDir, trainCount: 20, testCount: 100});
      assert.deepStrictEqual(d.classes.slice(0, 3), ["goldfish", "monarch", "golden retriever"]);
      assert.deepStrictEqual(
        [...d.train.labels],
        Array.from({length: 20}, (_, i) => i % 10),
      );
    });
  });
});
