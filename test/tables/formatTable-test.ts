import assert from "node:assert";
import {formatTable} from "../../src/tables/formatTable.js";

const ROWS = [
  {op: "conv3", params: 12345, accuracy: 0.51234, energy: 0.7342},
  {op: "skip", params: 7, accuracy: 0.6, energy: 12.5},
];

describe("tables as text", () => {
  it("align numbers right and text left, under headers with units", () => {
    assert.strictEqual(
      formatTable(ROWS, {units: {energy: "mJ"}}),
      [
        "op     params  accuracy  energy (mJ)",
        "─────  ──────  ────────  ───────────",
        "conv3   12345    0.5123         0.73",
        "skip        7    0.6000        12.50",
      ].join("\n"),
    );
  });

  it("take digits after the point for all fractions or by column, and alignment by column", () => {
    assert.strictEqual(
      formatTable(ROWS, {columns: ["op", "accuracy", "params"], digits: 1, align: {op: "right"}}),
      ["   op  accuracy  params", "─────  ────────  ──────", "conv3       0.5   12345", " skip       0.6       7"].join(
        "\n",
      ),
    );
    assert.match(formatTable(ROWS, {digits: {accuracy: 2, params: 1}}), /conv3 {2}12345\.0 {6}0\.51/);
  });

  it("show what is missing as a dash, and numbers that are none by name", () => {
    assert.strictEqual(
      formatTable([{a: 0.5, b: "ü"}, {a: undefined}, {a: NaN}]),
      ["     a  b", "──────  ─", "0.5000  ü", "     –  –", "   NaN  –"].join("\n"),
    );
  });

  it("keep the header when there are no rows", () => {
    assert.strictEqual(formatTable([], {columns: ["a", "bc"]}), "a  bc\n─  ──");
  });

  it("name a column or an option that is not there", () => {
    assert.throws(() => formatTable(ROWS, {columns: ["z"]}), {
      message: "unknown column: z; expected op, params, accuracy or energy",
    });
    assert.throws(() => formatTable(ROWS, {digit: 2} as never), {
      message: "unknown table option: digit; expected columns, units, align or digits",
    });
    assert.throws(() => formatTable(ROWS, {digits: -1}), {
      message: "invalid digits of accuracy: -1; expected an integer >= 0",
    });
  });
});
