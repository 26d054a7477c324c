import assert from "node:assert";
import {existsSync, readdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {readRecords} from "../../src/studies/journal.js";
import {inFolder, pngFolder, put} from "../datasets/fixtures.js";
import {spikebook} from "./program.js";

const SMALL = "--epochs 1 --timesteps 2 --batch-size 10 --guard off".split(" ");
const COUNTS = "--train 40 --validation 20 --test 40".split(" ");

const ok = (args: readonly string[]): string => {
  const {status, stdout, stderr} = spikebook(args);
  assert.strictEqual(status, 0, stderr);
  return stdout;
};

describe("a network on the command line", function () {
  this.timeout(180000);

  it("is trained on a folder of PNG files, evaluated again, and asked about images", () =>
    inFolder(async (dir) => {
      const pets = join(dir, "pets");
      put(pets, pngFolder(["cat", "dog"], 20));
      const file = join(dir, "pets.safetensors");
      const said = ok(["train", "--data", `folder:${pets}`, "--image-size", "16", "--layers", "conv4,pool,fc8", ...SMALL, "--out", file]); // prettier-ignore
      assert.match(said, /layers conv4,pool,fc8, T = 2\n/);
      assert.match(said, /pets\.safetensors\n/);
      assert.match(ok(["evaluate", "--network", file]), /its record .*: the same\n/);
      assert.match(ok(["evaluate", "--network", file, "--data", `folder:${pets}`]), /: the same\n/);
      put(dir, {"new/broken.png": "no image", ...pngFolder(["a"], 2, "new/")});
      const {status, stdout, stderr} = spikebook(["predict", "--network", file, join(dir, "new"), "--json"]);
      assert.strictEqual(status, 1, "one image cannot be read");
      assert.match(stderr, /cannot read image .*broken\.png/);
      const {predictions, unread} = JSON.parse(stdout) as {predictions: {image: string; probabilities: object}[]; unread: object[]}; // prettier-ignore
      assert.strictEqual(unread.length, 1);
      assert.deepStrictEqual(predictions.map(({image}) => image), ["0", "1"].map((i) => join(dir, "new", "a", `${i}.png`))); // prettier-ignore
      assert.deepStrictEqual(Object.keys(predictions[0]!.probabilities), ["cat", "dog"]);
      assert.match(ok(["predict", "--network", file, join(dir, "new", "a", "0.png")]), /image +class +probability/);
    }));

  it("is SNASNet unless layers are given, with any encoding", () =>
    inFolder(async (dir) => {
      const file = join(dir, "rate.safetensors");
      const said = ok(["train", ...SMALL, ...COUNTS, "--channels", "2", "--hidden", "8", "--encoding", "rate", "--out", file]); // prettier-ignore
      assert.match(said, /2 cell\(s\) 0333 0012 0003 0000, 2 channels, T = 2\n/);
      const {testAccuracy, recorded, sameData} = JSON.parse(ok(["evaluate", "--network", file, "--json"])) as {testAccuracy: number; recorded: {testAccuracy: number}; sameData: boolean}; // prettier-ignore
      assert.strictEqual(testAccuracy, recorded.testAccuracy);
      assert.strictEqual(sameData, true);
    }));

  it("is a file of every study, which names its best and pick its choice", () =>
    inFolder(async (dir) => {
      const out = join(dir, "study");
      const study = ["study", "sequential", "--layers", "conv2,pool", "conv4k5,pool,fc8", ...SMALL, ...COUNTS, "--seeds", "1", "--workers", "0", "--out", out]; // prettier-ignore
      const said = ok(study);
      const records = readRecords(out);
      assert.deepStrictEqual(readdirSync(join(out, "networks")).sort(), records.map(({id}) => `${id}.safetensors`).sort()); // prettier-ignore
      const best = /^best +(\S+\.safetensors) /m.exec(said)![1]!;
      assert.ok(existsSync(best));
      assert.match(ok(["evaluate", "--network", best]), /: the same\n/);
      const picked = ok(["pick", "--from", out, "--max-bytes", "2MB"]);
      assert.match(picked, /^best: layers conv/m);
      assert.match(picked, /^ +kernels +[35]×[35]\n/m);
      assert.match(picked, /^ +file +\S+\.safetensors\n/m);
      assert.match(ok(["records", out]), /conv4k5,pool,fc8/);
    }));

  it("refuses what cannot be in one line, with status 2", () =>
    inFolder(async (dir) => {
      const old = join(dir, "old.network");
      writeFileSync(old, '{"format":"spikebook-checkpoint-1","identity":"x"}\n');
      for (const [args, message] of [
        [["train", "--layers", "conv4,pol", "--out", "x"], /invalid layers: pol; expected layers such as conv16,pool/],
        [["train", "--layers", "conv4", "--channels", "3", "--out", "x"], /invalid option: channels/],
        [["train", "--layers", "fc4,conv4", "--out", "x"], /linear layers after all convolutions/],
        [["train"], /required option '--out <file>'/],
        [["train", "--encoding", "none", "--out", "x"], /invalid encoding: none; expected one that makes timesteps/],
        [["study", "sequential", "--pool", "2", "--out", join(dir, "x")], /invalid option: pool/],
        [["evaluate", "--network", join(dir, "nowhere")], /invalid network: .*nowhere/],
        [["evaluate", "--network", old], /version 0\.1\.0/],
        [["predict", "--network", old, "a.png"], /version 0\.1\.0/],
      ] as const) {
        const {status, stderr} = spikebook(args);
        assert.strictEqual(status, 2, stderr);
        assert.match(stderr, message);
        assert.strictEqual(stderr.trim().split("\n").length, 1, stderr);
      }
    }));
});
