import assert from "node:assert";
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {encodePng} from "../../src/plots/canvas.js";
import {readRecords} from "../../src/studies/journal.js";
import {inFolder, npyOf, put, zipOf} from "../datasets/fixtures.js";
import {spikebook} from "./program.js";

const CLASSES = ["across", "down", "plain"];

/** A 16x16 PNG: stripes across, stripes down, or none, of a brightness that differs from image to image. */
function stripes(label: number, i: number): Buffer {
  const data = new Uint8ClampedArray(4 * 256);
  for (let p = 0; p < 256; ++p) {
    const on = [(p >> 4) & 2, p & 2, i & 1][label] ? 200 - 5 * i : 20 + 3 * i;
    data.set([on, on, on, 255], 4 * p);
  }
  return encodePng({width: 16, height: 16, data});
}

const images = (count: number): Record<string, Buffer> =>
  Object.fromEntries(
    CLASSES.flatMap((name, label) => Array.from({length: count}, (_, i) => [`${name}/${i}.png`, stripes(label, i)])),
  );

const SMALL = "--seeds 1 --epochs 1 --channels 2 --timesteps 2 --hidden 8 --batch-size 8 --guard off --workers 1".split(" "); // prettier-ignore

describe("a user's own data on the command line", function () {
  this.timeout(120000);

  it("is studied: a folder of PNG files, one of them broken", () =>
    inFolder(async (dir) => {
      put(join(dir, "pets"), {...images(20), "down/broken.png": "not an image"});
      const out = join(dir, "out");
      const study = ["study", "kernel-impact", "--kernels", "1,3", ...SMALL, "--out", out];
      const {status, stdout, stderr} = spikebook([...study, "--data", `folder:${join(dir, "pets")}`, "--image-size", "16"]); // prettier-ignore
      assert.strictEqual(status, 0, stderr);
      assert.match(
        stderr,
        /warning: 1 file of folder:.*pets\?size=16 could not be read and is left out:\n.*broken.png: /,
      );
      const records = readRecords(out);
      assert.deepStrictEqual(records.map((r) => r.status), ["ok", "ok"]); // prettier-ignore
      const [{data, architecture}] = records as [(typeof records)[0]];
      assert.strictEqual(data.name, `folder:${join(dir, "pets")}?size=16`);
      assert.strictEqual(data.train + data.validation, 48);
      assert.match(data.provenance, /1 of 61 files could not be read/);
      assert.deepStrictEqual(architecture.input, {size: 16, channels: 3});
      assert.strictEqual(architecture.classes, 3);
      assert.match(stdout, /folder:.*pets\?size=16: 38 training and 1[12] test images/);
      assert.ok(existsSync(join(out, "figures", "accuracy.png")));
    }));

  it("is searched for", () =>
    inFolder(async (dir) => {
      put(join(dir, "pets"), images(10));
      const out = join(dir, "out");
      const search = "study search --algorithm random --candidates 2 --batch 8 --channels 2 --timesteps 2 --hidden 8 --workers 0"; // prettier-ignore
      const {status, stderr} = spikebook([...search.split(" "), "--out", out, "--data", `folder:${join(dir, "pets")}?size=16`]); // prettier-ignore
      assert.strictEqual(status, 0, stderr);
      assert.match(readFileSync(join(out, "scores.jsonl"), "utf8"), /"name":"folder:[^"]*pets\?size=16"/);
    }));

  it("is checked by `data`, which says what a study would see", () =>
    inFolder(async (dir) => {
      put(dir, {...images(5), "plain/broken.png": "x", "plain/5.png": stripes(2, 5), "plain/6.png": stripes(2, 6)});
      const {status, stdout} = spikebook(["data", `folder:${dir}`, "--image-size", "8x12", "--image-channels", "1"]);
      assert.strictEqual(status, 0);
      assert.match(stdout, /image of 8x12x1; PNG and JPEG files of .*, resized to 8x12, grey; 1 of 18 files/);
      assert.match(stdout, /across +4 +1\n/);
      assert.match(stdout, /Studies train on equally many of each class: at most 12 of these training samples/);
      assert.match(stdout, /1 file of folder:.* could not be read and is left out:\n.*broken.png: the file/);
      const arrays = join(dir, "own.npz");
      writeFileSync(arrays, zipOf({"x.npy": npyOf(new Array(16).fill(7), [4, 2, 2], "|u1"), "y.npy": npyOf([0, 1, 0, 1], [4], "<i8")})); // prettier-ignore
      const {classes, checksum} = JSON.parse(spikebook(["data", `npz:${arrays}`, "--json"]).stdout) as {classes: unknown; checksum: string}; // prettier-ignore
      assert.deepStrictEqual(classes, [{class: "0", train: 1, test: 1}, {class: "1", train: 1, test: 1}]); // prettier-ignore
      assert.match(checksum, /^[0-9a-f]{64}$/);
    }));

  it("is refused in one sentence that says what would be right", () => {
    for (const [words, error] of [
      ["study kernel-impact --data folder:/none", /invalid folder of images: \/none; expected an existing folder/],
      ["study search --data npz:/none.npz", /invalid file of arrays: \/none.npz; expected an existing .npz file/],
      [
        "study kernel-impact --data cifar11",
        /unknown data set: cifar11; expected procedural, .*folder:DIR or npz:FILE/,
      ],
      [
        "study kernel-impact --data mnist --image-size 16",
        /invalid option: --image-size; expected --data folder:DIR with it/,
      ],
      ["data folder:/none --from x", /invalid option: --from; expected none with folder:\/none/],
    ] as const) {
      const {status, stderr} = spikebook(words.split(" "));
      assert.notStrictEqual(status, 0);
      assert.match(stderr, error);
      assert.ok(!/\n {4}at /.test(stderr), "no stack trace");
    }
  });

  it("is in the help of studies, with which images are test images", () => {
    const text = spikebook(["study", "kernel-impact", "--help"]).stdout.replace(/\s+/g, " ");
    assert.match(text, /folder:DIR: your own images, PNG and JPEG: one folder a class, .* of which a fifth is test/);
    assert.match(text, /npz:FILE: your own arrays/);
    assert.match(text, /--image-size <px>/);
  });
});
