import assert from "node:assert";
import {spawnSync} from "node:child_process";
import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {sent} from "../../src/cli/terminal.js";
import {printable} from "../../src/printable.js";
import {packageRoot} from "../../src/root.js";
import {formatTable} from "../../src/tables/formatTable.js";

/** Clears the screen, renames the window, begins a sequence in one byte (C1), turns the direction of writing. */
const HOSTILE = "a\u001b[2J\u001b]0;owned\u0007\u009b31m\u202eb\u007f";
const SHOWN = "a\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u202eb\\u007f";

describe("what is printed", () => {
  it("shows what would act on a terminal, as JSON writes it, and leaves all other text alone", () => {
    assert.strictEqual(printable(HOSTILE), SHOWN);
    assert.strictEqual(JSON.parse(`"${printable(HOSTILE)}"`), HOSTILE);
    const plain = "3×3\tθ = 1 – größer\n日本語 🙂 עברית";
    assert.strictEqual(printable(plain), plain);
  });

  it("rewrites a line by the program's own word alone, where a piece of output begins", () => {
    assert.strictEqual(sent("\rhalf"), "\rhalf");
    assert.strictEqual(sent("\r\u001b[Khalf\n"), "\r\u001b[Khalf\n");
    assert.strictEqual(sent("one\r\ntwo"), "one\r\ntwo");
    assert.strictEqual(sent("name\r\u001b[Kforged"), "name\\u000d\\u001b[Kforged");
    assert.strictEqual(sent(`\r${HOSTILE}`), `\r${SHOWN}`);
  });

  it("keeps the columns of a table aligned, one line a row", () => {
    const lines = formatTable([{name: HOSTILE, n: 1}, {name: "two\nlines", n: 2}]).split("\n"); // prettier-ignore
    assert.deepStrictEqual([...new Set(lines.map(({length}) => length))], [SHOWN.length + 3]);
    assert.ok(lines[2]!.startsWith(SHOWN) && lines[3]!.startsWith("two\\nlines"));
  });

  it("is so of every command: a label out of a journal, as a table, as CSV and as JSON, and the path of an error", function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), "terminal-"));
    try {
      cpSync(join(packageRoot, "test/fixtures/kernel-impact/trials.jsonl"), join(folder, "trials.jsonl"));
      const lines = readFileSync(join(folder, "trials.jsonl"), "utf8").trimEnd().split("\n");
      const records = lines.map((line) => ({...(JSON.parse(line) as {labels: object}), sha256: undefined}));
      for (const record of records) record.labels = {...record.labels, set: HOSTILE};
      writeFileSync(join(folder, "trials.jsonl"), records.map((record) => `${JSON.stringify(record)}\n`).join(""));
      for (const args of [
        ["records", folder],
        ["records", folder, "--csv"],
        ["records", folder, "--json"],
        ["records", `/none/${HOSTILE}`],
      ]) {
        // prettier-ignore
        const {stdout, stderr} = spawnSync(process.execPath, [join(packageRoot, "bin/spikebook.js"), ...args]);
        const text = `${stdout}${stderr}`;
        assert.ok(text.includes(SHOWN), text.slice(0, 500));
        assert.ok(!/[\u001b\u009b\u202e\u007f\u0007]/.test(text)); // eslint-disable-line no-control-regex
      }
    } finally {
      rmSync(folder, {recursive: true});
    }
  });
});
