import assert from "node:assert";
import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import type {ConversionRecord} from "../../src/records/conversion.js";
import {readCsv} from "../../src/tables/csv.js";
import {inFolder} from "../datasets/fixtures.js";
import {spikebook} from "./program.js";

const ok = (args: readonly string[]): string => {
  const {status, stdout, stderr} = spikebook(args);
  assert.strictEqual(status, 0, stderr);
  return stdout;
};

const TRAIN = "train --data procedural-16 --layers conv4,pool,fc8 --epochs 1 --train 100 --validation 20 --test 40".split(" "); // prettier-ignore

describe("convert on the command line", function () {
  this.timeout(180_000);

  it("makes a spiking network of a DNN, with tables and a figure; its file is evaluated to the same", () =>
    inFolder(async (dir) => {
      const [dnn, out] = [join(dir, "dnn.safetensors"), join(dir, "out")];
      ok([...TRAIN, "--activation", "relu", "--out", dnn]);
      assert.match(ok(["evaluate", "--network", dnn]), /% of the activations are 0/);
      const said = ok(["convert", "--from", dnn, "--timesteps", "40", "--images", "50", "--out", out]);
      assert.match(said, /spiking network .* after 40 timesteps/);
      const record = JSON.parse(readFileSync(join(out, "conversion.json"), "utf8")) as ConversionRecord;
      assert.deepStrictEqual(Object.keys(record.scales), ["conv1", "fc3"]);
      assert.strictEqual(record.snn.accuracy.length, 40);
      const rows = readCsv<{timesteps: number; synOps: number}>(join(out, "over-time.csv"));
      assert.deepStrictEqual(rows.map(({timesteps}) => timesteps), Array.from({length: 40}, (_, i) => i + 1)); // prettier-ignore
      assert.ok(rows.every(({synOps}, i) => i === 0 || synOps >= rows[i - 1]!.synOps));
      for (const name of ["layers.csv", "over-time.png", "over-time.svg"]) assert.ok(existsSync(join(out, name)), name);
      assert.match(ok(["evaluate", "--network", join(out, "converted.safetensors")]), /: the same\n/);
      const [evaluated] = [JSON.parse(ok(["evaluate", "--network", join(out, "converted.safetensors"), "--json"])) as {testAccuracy: number}]; // prettier-ignore
      assert.strictEqual(evaluated.testAccuracy, record.snn.accuracy[39]);
    }));

  it("says what cannot be converted", () =>
    inFolder(async (dir) => {
      const snn = join(dir, "snn.safetensors");
      ok([...TRAIN, "--timesteps", "2", "--guard", "off", "--out", snn]);
      const refused = (args: readonly string[], message: RegExp): void => {
        const {status, stderr} = spikebook(["convert", "--out", join(dir, "out"), ...args]);
        assert.notStrictEqual(status, 0);
        assert.match(stderr, message);
        assert.ok(!existsSync(join(dir, "out")), "nothing is left");
      };
      refused(["--from", snn], /invalid network: neurons in conv1; expected a DNN, whose activations are ReLUs/);
      refused(["--from", join(dir, "none")], /invalid network: .*none/);
      refused(["--from", snn, "--percentile", "0"], /invalid percentile: 0; expected a number > 0 and <= 100/);
      const {stderr} = spikebook(["train", "--activation", "relu", "--tau", "2", "--out", join(dir, "x.safetensors")]);
      assert.match(stderr, /invalid option: tau; expected no option of neurons with --activation relu/);
    }));
});
