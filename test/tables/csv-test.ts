import assert from "node:assert";
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {readCsv, toCsv, writeCsv} from "../../src/tables/csv.js";
import {columnsOf, toRows} from "../../src/tables/rows.js";

describe("CSV", () => {
  it("quotes commas, quotes, line breaks and outer spaces as RFC 4180 says", () => {
    const rows = [{a: "x,y", b: 'say "hi"', c: "two\nlines", d: " pad", e: "plain"}];
    assert.strictEqual(toCsv(rows), 'a,b,c,d,e\n"x,y","say ""hi""","two\nlines"," pad",plain\n');
  });

  it("writes numbers at full precision, so that reading gives the same number", () => {
    const values = [0.1 + 0.2, 1 / 3, 1e-300, 123456789.12345679, -0, 2 ** 53];
    const lines = toCsv(values.map((x) => ({x})))
      .trimEnd()
      .split("\n")
      .slice(1);
    assert.deepStrictEqual(
      lines.map(Number),
      values.map((x) => x + 0),
    );
    assert.strictEqual(lines[0], "0.30000000000000004");
  });

  it("is read back as it was written: numbers, truth values, text, gaps", () => {
    const folder = mkdtempSync(join(tmpdir(), "csv-"));
    try {
      const rows = [{a: 0.1 + 0.2, b: "x,y", c: true, d: undefined}, {a: -1e-300, b: "1+3", c: false, d: 7}]; // prettier-ignore
      writeCsv(join(folder, "t.csv"), rows);
      assert.deepStrictEqual(readCsv(join(folder, "t.csv")), rows);
      assert.throws(() => readCsv(join(folder, "none.csv")), /cannot read the table .*none\.csv/);
      writeFileSync(join(folder, "bad.csv"), "a,b\n1,2\n3\n");
      assert.throws(() => readCsv(join(folder, "bad.csv")), /damaged table .*bad\.csv, line 3: .*columns a, b/);
    } finally {
      rmSync(folder, {recursive: true});
    }
  });

  it("keeps a name from being a formula where a table is opened, and reads it back as it was; numbers stay numbers", () => {
    const names = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''@", "-", "-1.5 points", "=HYPERLINK(\"x\")"]; // prettier-ignore
    const numbers = ["-1.5", "+2", "-.5e-3", "1e9", -1.5, -1e-300, -Infinity];
    const plain = ["a=b", "it's", "'quoted'", "3x3", " -2", "–"];
    const cellsOf = (values: readonly unknown[]): string[] => values.map((x) => toCsv([{x, y: 0}]).split("x,y\n")[1]!.replace(/,0\n$/, "")); // prettier-ignore
    for (const cell of cellsOf(names)) assert.match(cell, /^"'/);
    assert.deepStrictEqual(cellsOf(numbers), numbers.map(String));
    for (const cell of cellsOf(plain)) assert.doesNotMatch(cell, /^"?'[=+\-@\t\r]/);
    assert.strictEqual(toCsv([{"=name": 1}]), `"'=name"\n1\n`);
    const folder = mkdtempSync(join(tmpdir(), "csv-"));
    try {
      const rows = [...names, ...plain].map((x, i) => ({"=x": x, i}));
      writeCsv(join(folder, "t.csv"), rows);
      assert.deepStrictEqual(readCsv(join(folder, "t.csv")), rows);
      writeCsv(join(folder, "n.csv"), numbers.slice(0, -1).map((x) => ({x}))); // prettier-ignore
      assert.deepStrictEqual(readCsv(join(folder, "n.csv")).map(({x}) => x), numbers.slice(0, -1).map(Number)); // prettier-ignore
    } finally {
      rmSync(folder, {recursive: true});
    }
  });

  it("has every row's columns, and empty cells where a row lacks one", () => {
    assert.strictEqual(toCsv([{a: 1}, {b: 2, a: undefined}, {a: null, b: false}]), "a,b\n1,\n,2\n,false\n");
  });

  it("shows a number that is none as such, and lists as JSON", () => {
    assert.strictEqual(toCsv([{a: NaN, b: [1, 2], c: -Infinity}]), 'a,b,c\nNaN,"[1,2]",-Infinity\n');
  });

  it("takes chosen columns in their order, and names one that is not there", () => {
    assert.strictEqual(toCsv([{a: 1, b: 2, c: 3}], ["c", "a"]), "c,a\n3,1\n");
    assert.strictEqual(toCsv([], ["c", "a"]), "c,a\n");
    assert.strictEqual(toCsv([]), "");
    assert.throws(() => toCsv([{a: 1, b: 2}], ["z"]), {message: "unknown column: z; expected a or b"});
  });

  it("is written whole, and leaves nothing beside it", () => {
    const folder = mkdtempSync(join(tmpdir(), "spikebook-csv-"));
    try {
      const path = join(folder, "deep", "table.csv");
      writeCsv(path, [{a: 1}]);
      writeCsv(path, [{a: 2}]);
      assert.strictEqual(readFileSync(path, "utf8"), "a\n2\n");
      assert.deepStrictEqual(readdirSync(join(folder, "deep")), ["table.csv"]);
    } finally {
      rmSync(folder, {recursive: true});
    }
  });
});

describe("rows", () => {
  const records = [
    {id: "x", curve: [1, 2], energy: {pJ: 3, by: {name: "h"}}},
    {id: "y", extra: 1},
  ];

  it("are records made flat", () => {
    assert.deepStrictEqual(toRows(records), [
      {id: "x", curve: "[1,2]", "energy.pJ": 3, "energy.by.name": "h"},
      {id: "y", extra: 1},
    ]);
    assert.deepStrictEqual(columnsOf(toRows(records)), ["id", "curve", "energy.pJ", "energy.by.name", "extra"]);
  });

  it("hold the chosen fields in their order", () => {
    assert.deepStrictEqual(toRows(records, ["energy.pJ", "id"]), [
      {"energy.pJ": 3, id: "x"},
      {"energy.pJ": undefined, id: "y"},
    ]);
    assert.deepStrictEqual(toRows(records, ["curve"])[0], {curve: "[1,2]"});
  });
});
