import assert from "node:assert";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type Measured, speedTable} from "../../bench/speedTable.js";
import {readCsv} from "../../src/tables/csv.js";
import {ROWS} from "./rows.js";

describe("bench/speedTable", () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), "speed-"))));
  after(() => rmSync(folder, {recursive: true, force: true}));

  it("has every row in the file at once, and those of other works with the machine of their own", () => {
    const file = join(folder, "speed.csv");
    const read = (): Measured[] => readCsv<Measured>(file);
    const [first, second] = ROWS as [(typeof ROWS)[number], (typeof ROWS)[number]];
    const old = speedTable(file, "old.");
    old.add(first);
    assert.strictEqual(read().length, 1);
    old.add(second);
    speedTable(file, "new.").add({...first, ours: 7});
    assert.deepStrictEqual(Object.fromEntries(read().map(({work, ours, machine}) => [work, [ours, machine]])), {
      [first.work]: [7, "new."],
      [second.work]: [second.ours, "old."],
    });
  });
});
