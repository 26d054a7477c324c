import assert from "node:assert";
import {mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {findJupyter, writeKernelSpec} from "../../src/notebook/jupyter.js";
import {createCollector, settleReturns} from "../../src/notebook/outputs.js";
import {clock, progress} from "../../src/notebook/progress.js";
import {cellText, tableHtml, tableOf, tableText} from "../../src/notebook/table.js";
import {createSender, newHeader, pack, unpack} from "../../src/notebook/wire.js";

describe("tables", () => {
  it("come from records, columns with rows, and DataFrames", () => {
    const expected = {columns: ["a", "b"], rows: [[1, 2], [3, undefined]]}; // prettier-ignore
    assert.deepStrictEqual(tableOf([{a: 1, b: 2}, {a: 3}]), expected);
    assert.deepStrictEqual(tableOf({columns: ["a", "b"], rows: [[1, 2], {a: 3}]}), expected);
    assert.strictEqual(tableOf([1, 2]), undefined);
    assert.strictEqual(tableOf("text"), undefined);
  });

  it("keep four significant digits and every digit before the point", () => {
    const texts = [0.123456, 12.3456, 12345.678, 7, -0.00001234, NaN, null, true, "x"].map(cellText);
    assert.deepStrictEqual(texts, ["0.1235", "12.35", "12346", "7", "-0.00001234", "NaN", "", "true", "x"]);
  });

  it("align numbers to the right and words to the left, and count what is left out", () => {
    const table = tableOf([{kernel: "3x3", params: 9}, {kernel: "identity", params: 0.5}, {kernel: "x", params: 1}])!; // prettier-ignore
    assert.strictEqual(
      tableText(table, 2),
      "kernel    params\n--------  ------\n3x3            9\nidentity     0.5\n2 of 3 rows",
    );
  });

  it("escape what could be markup", () => {
    const html = tableHtml(tableOf([{"<b>": `<script>"'&`}])!);
    assert.ok(html.includes("&lt;b&gt;") && html.includes("&lt;script&gt;&quot;&#39;&amp;"));
    assert.ok(!html.includes("<script>"));
  });
});

describe("progress", () => {
  /** A screen that notes what is written; its clock moves by `step` at each look. */
  function screen(rewrites: boolean, step: number) {
    const texts: string[] = [];
    let time = -step;
    return {texts, write: (text: string) => texts.push(text), rewrites, columns: 80, now: () => (time += step)};
  }

  it("rewrites one line, ends it when done, and covers what was there", () => {
    const here = screen(true, 1000);
    const report = progress("train", here);
    report(1, 4, "loss 2.30");
    report(4, 4);
    const first = "train  1/4 (25 %)  0:01, 0:03 left  loss 2.30";
    assert.deepStrictEqual(here.texts, [`\r${first}`, `\r${"train  4/4 (100 %)  0:02".padEnd(first.length)}\n`]);
  });

  it("writes at most ten times a second where it rewrites, and every two seconds where it cannot", () => {
    for (const [rewrites, most] of [
      [true, 11],
      [false, 2],
    ] as const) {
      const here = screen(rewrites, 10);
      const report = progress("x", here);
      for (let i = 1; i <= 100; ++i) report(i, 1000); // one second
      assert.ok(here.texts.length <= most && here.texts.length >= 1, `${here.texts.length} writes`);
      assert.ok(rewrites || here.texts.every((text) => text.endsWith("\n") && !text.includes("\r")));
    }
  });

  it("tells time as clocks do", () => {
    assert.deepStrictEqual([7e3, 725e3, 10930e3].map(clock), ["0:07", "12:05", "3:02:10"]);
  });
});

describe("outputs", () => {
  it("settle rewritten lines as a terminal shows them", () => {
    assert.strictEqual(settleReturns("a\n10 %\r20 %\r100 %\nb"), "a\n100 %\nb");
    assert.strictEqual(settleReturns("long line\rxx"), "xxng line");
    assert.strictEqual(settleReturns("windows\r\nlines"), "windows\nlines");
  });

  it("join a stream, keep kinds apart, and update a display in place", () => {
    const {add, outputs} = createCollector(new Map());
    add("stream", {name: "stdout", text: "a"});
    add("stream", {name: "stdout", text: "b"});
    add("display_data", {data: {"text/plain": "1"}, metadata: {}, transient: {display_id: "d"}});
    add("update_display_data", {data: {"text/plain": "2"}, metadata: {}, transient: {display_id: "d"}});
    assert.deepStrictEqual(outputs(), [
      {output_type: "stream", name: "stdout", text: "ab"},
      {output_type: "display_data", data: {"text/plain": "2"}, metadata: {}},
    ]);
  });
});

describe("messages", () => {
  it("are read back as they were packed, and refused under another key", () => {
    const message = {
      ...{identities: [Buffer.from("who")], header: newHeader("x_request", "s"), parent: {}, metadata: {}},
      content: {code: "θ"},
    };
    const frames = pack("key", message);
    assert.deepStrictEqual(unpack("key", frames), message);
    assert.strictEqual(unpack("other", frames), undefined);
  });
});

describe("a sender", () => {
  it("hands over one message at a time, in order: a socket refuses a second while the first is under way", async () => {
    const sent: string[] = [];
    let busy = false;
    const socket = {
      async send([frame]: Buffer[]): Promise<void> {
        if (busy) throw new Error("EBUSY");
        busy = true;
        await new Promise((resolve) => setTimeout(resolve, 1));
        busy = false;
        sent.push(String(frame));
      },
    };
    const {send, drained} = createSender(socket);
    const messages = Array.from({length: 20}, (_, i) => String(i));
    for (const message of messages) send([Buffer.from(message)]);
    await drained();
    assert.deepStrictEqual(sent, messages);
  });
});

describe("the way to Jupyter", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spikebook-test-"));
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  it("is a kernel.json under the folder that JUPYTER_PATH is to name", () => {
    const path = writeKernelSpec(folder);
    const spec = JSON.parse(readFileSync(join(path, "kernels/spikebook/kernel.json"), "utf8")) as {argv: string[]};
    assert.strictEqual(spec.argv[0], process.execPath);
    assert.deepStrictEqual(spec.argv.slice(-2), ["--config-path", "{connection_file}"]);
    assert.strictEqual(writeKernelSpec(folder), path);
  });

  it("is found in the project's environment before the PATH", () => {
    assert.strictEqual(findJupyter(folder, ""), undefined);
    for (const bin of ["elsewhere", ".venv/bin"]) {
      mkdirSync(join(folder, bin), {recursive: true});
      writeFileSync(join(folder, bin, "jupyter-lab"), "");
    }
    assert.strictEqual(findJupyter(folder, join(folder, "elsewhere")), join(folder, ".venv/bin/jupyter-lab"));
  });
});
