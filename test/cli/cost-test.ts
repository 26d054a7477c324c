import assert from "node:assert";
import {Command} from "commander";
import Papa from "papaparse";
import {costCommand} from "../../src/cli/cost.js";
import {bytes} from "../../src/cli/costTable.js";

/** What `spikebook cost …` prints. */
function cost(...words: string[]): string {
  const program = new Command().exitOverride();
  costCommand(program);
  const write = process.stdout.write;
  let text = "";
  process.stdout.write = ((chunk: string) => ((text += chunk), true)) as typeof write;
  try {
    program.parse(["cost", ...words], {from: "user"});
  } finally {
    process.stdout.write = write;
  }
  return text;
}

const row = (...words: string[]): Record<string, number> => JSON.parse(cost(...words, "--json")) as never;

describe("spikebook cost", () => {
  it("prints numbers with their units", () => {
    const text = cost("--channels", "16", "--cell", "0333 0012 0003 0000");
    assert.match(text, /params +679,860 +53,072 without the head/);
    assert.match(text, /weights +2\.7 MB +at 32 bits/);
  });

  it("reads published names and precision", () => {
    assert.strictEqual(row("--name", "snasnet-cifar10-bw").params, 19_520_356);
    assert.strictEqual(row("--name", "snasnet-cifar100-bw", "--bits", "4").weightBytes, 10_312_250);
  });

  it("takes one wiring for all cells or one for each", () => {
    const shared = row("--cell", "03 00", "--cells", "1", "--channels", "16");
    const each = row("--cell", "03 00", "--cell", "01 00", "--channels", "16");
    assert.strictEqual(shared.paramsWithoutHead, 27 * 16 + 32 + 9 * 256 + 32 + 32);
    assert.strictEqual(each.paramsWithoutHead, 27 * 16 + 32 + 9 * 256 + 32 + 32 + 18 * 256 + 64 + 64);
  });

  it("puts one kernel size on every convolution", () =>
    assert.strictEqual(row("--kernel", "7").params! - row("--kernel", "5").params!, 5 * 24 * (128 ** 2 + 256 ** 2)));

  it("prints layers on request, and notes what is odd", () => {
    assert.match(cost("--layers"), /cell2\.e13\.conv +1x1 +256 → 256 +16 → 16 +65,536 +cell2\.n1 \(65,536\) +256/);
    assert.match(cost("--space", "spikenas-bench", "--id", "12617"), /note: cell 1: node 1 does not reach the output/);
  });

  it("prints a whole space as CSV, dead networks marked", function () {
    this.timeout(30_000);
    const {data} = Papa.parse<Record<string, string>>(cost("--space", "spikenas-bench", "--all", "--csv").trim(), {
      header: true,
    });
    assert.strictEqual(data.length, 15_625);
    assert.strictEqual(data[0]!.params, "17179620");
    assert.strictEqual(data[14862]!.params, "21607908");
    assert.strictEqual(data.filter(({dead}) => dead === "1").length, 341);
  });

  it("says in one line what is impossible", () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ["--pool 3", /^invalid input size: 32; expected a multiple of 6/],
      ["--kernel 4", /^invalid kernel: 4; expected an odd number from 1 to 255 \(pixels\)$/],
      ["--channels many", /^invalid channels: many; expected an integer from 1 to 65536$/],
      ["--bits 0", /^invalid bits: 0/],
      ["--name resnet", /^unknown architecture: resnet; expected snasnet-cifar10-bw, /],
      ["--all", /^--all needs a space; expected --space spikenas-bench or snasnet-forward$/],
      ["--space nasbench --all", /^unknown space: nasbench/],
      ["--space spikenas-bench --id 15625", /^invalid spikenas-bench id: 15625; expected an integer from 0 to 15624$/],
      ["--space spikenas-bench", /^invalid options: --space alone; expected --all or --id with it$/],
      ["--name snasnet-cifar10-bw --space spikenas-bench", /^invalid options: --name and --space/],
      ["--cell 00,00", /^invalid cell: 00,00; expected a square matrix/],
    ];
    for (const [words, message] of cases)
      assert.throws(() => cost(...words.split(" ")), {name: "InputError", message}, words);
  });

  it("writes bytes in decimal units", () =>
    assert.deepStrictEqual([0, 999, 1000, 2_719_440, 999_960, 4e12].map(bytes), ["0 B", "999 B", "1.0 kB", "2.7 MB", "1.0 MB", "4.0 TB"])); // prettier-ignore
});
