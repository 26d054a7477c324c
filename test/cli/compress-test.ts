import assert from "node:assert";
import {existsSync, readdirSync, statSync} from "node:fs";
import {join} from "node:path";
import type {CompressionRow} from "../../src/records/compression.js";
import {readRecords} from "../../src/studies/journal.js";
import {readCsv} from "../../src/tables/csv.js";
import {inFolder} from "../datasets/fixtures.js";
import {spikebook} from "./program.js";

const SMALL = "--epochs 1 --timesteps 3 --batch-size 10 --guard off --train 60 --validation 30 --test 50".split(" ");

const ok = (args: readonly string[]): string => {
  const {status, stdout, stderr} = spikebook(args);
  assert.strictEqual(status, 0, stderr);
  return stdout;
};

describe("compress on the command line", function () {
  this.timeout(300_000);

  it("takes a study's best network or a file, writes a table, figures and files of the length that it says", () =>
    inFolder(async (dir) => {
      const study = join(dir, "study");
      ok(["study", "sequential", "--layers", "conv4,pool,fc8", ...SMALL, "--seeds", "1", "--workers", "0", "--out", study]); // prettier-ignore
      const out = join(dir, "small");
      const said = ok(["compress", "--from", study, "--out", out, "--bits", "8,2", "--keep", "0.5", "--timesteps", "2", "--sensitivity"]); // prettier-ignore
      const rows = readCsv<CompressionRow>(join(out, "compression.csv"));
      assert.deepStrictEqual(rows.map(({form}) => form), ["original", "8 bits, 50 % kept, T = 2", "2 bits, 50 % kept, T = 2"]); // prettier-ignore
      assert.match(said, /chosen by 30 validation images of procedural-16; measured on 50 test images/);
      for (const name of ["compression", "sensitivity"]) assert.ok(existsSync(join(out, "figures", `${name}.png`)));
      const files = readdirSync(join(out, "networks")).sort();
      const {id} = readRecords(study)[0]!;
      assert.deepStrictEqual(files, [`${id}-2-bits-50-kept-T-2.spikepak`, `${id}-8-bits-50-kept-T-2.spikepak`]);
      const small = join(out, "networks", files[0]!);
      assert.strictEqual(statSync(small).size, rows[2]!.fileBytes);
      const {testAccuracy, compressed} = JSON.parse(ok(["evaluate", "--network", small, "--json"])) as {testAccuracy: number; compressed: string}; // prettier-ignore
      assert.deepStrictEqual([testAccuracy, compressed], [rows[2]!.accuracy, "2 bits, 50 % kept, T = 2"]);
      assert.match(ok(["evaluate", "--network", small]), /its record .*: the same data, before it was compressed\n/);

      const budget = join(dir, "budget");
      const file = join(study, "networks", `${id}.safetensors`);
      const maxBytes = rows[0]!.fileBytes - 500;
      const {rows: fitted, layers} = JSON.parse(ok(["compress", "--from", file, "--out", budget, "--max-bytes", `${maxBytes}`, "--widths", "32,8,4", "--json"])) as {rows: CompressionRow[]; layers: Record<string, number>[]}; // prettier-ignore
      assert.ok(fitted[1]!.fileBytes <= maxBytes && fitted[1]!.bits === "mixed");
      assert.ok(Object.values(layers[0]!).every((bits) => [32, 8, 4].includes(bits)));
      const {status, stderr} = spikebook(["compress", "--from", file, "--out", budget, "--max-bytes", "100"]);
      assert.strictEqual(status, 2);
      assert.match(stderr, /invalid max bytes: 100; expected at least \d+: all layers at their shortest/);
    }));

  it("refuses what cannot be in one line, with status 2", () =>
    inFolder(async (dir) => {
      const out = ["--out", join(dir, "out")];
      for (const [args, message] of [
        [["compress", "--from", join(dir, "nowhere"), ...out], /invalid from: .*nowhere; expected a network's file, or the folder of a study/], // prettier-ignore
        [["compress", "--from", dir, ...out], /no study in/],
        [
          ["compress", "--from", dir, ...out, "--bits", "4,17"],
          /invalid bits: 17; expected an integer from 1 to 16, or 32/,
        ],
        [["compress", "--from", dir, ...out, "--bits", "4,4"], /invalid bits: 4,4; expected each number once/],
        [["compress", "--from", dir, ...out, "--keep", "0"], /invalid keep: 0; expected a number > 0 and <= 1/],
        [["compress", "--from", dir, ...out, "--max-bytes", "20xB"], /invalid number of bytes: 20xB/],
        [["compress", "--from", dir, ...out, "--step", "best"], /Allowed choices are leastSquares, max, powerOfTwo/],
        [["compress", "--from", dir], /required option '--out <dir>'/],
      ] as const) {
        const {status, stderr} = spikebook(args);
        assert.strictEqual(status, 2, stderr);
        assert.match(stderr, message);
        assert.strictEqual(stderr.trim().split("\n").length, 1, stderr);
      }
      assert.ok(!existsSync(join(dir, "out")), "nothing is left of what was refused");
    }));
});
