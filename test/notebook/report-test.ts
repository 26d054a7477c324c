import assert from "node:assert";
import {createHash} from "node:crypto";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {gunzipSync} from "node:zlib";
import type {Cell} from "../../src/notebook/file.js";
import {writeReport} from "../../src/notebook/report.js";

const markdown = (source: string): Cell => ({cell_type: "markdown", metadata: {}, source});
const code = (source: string, ...outputs: unknown[]): Cell =>
  ({cell_type: "code", metadata: {}, source, outputs, execution_count: 1}) as Cell;
const display = (data: Record<string, unknown>, metadata = {}): unknown => ({
  ...{output_type: "display_data", data, metadata},
});

describe("the report", function () {
  this.timeout(60_000); // Plotly is packed each time
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spikebook-test-"));
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  /** The page made of notebooks 00, 01, ... with these cells. */
  function report(...notebooks: Cell[][]): string {
    const files = notebooks.map((cells, i) => {
      const file = join(folder, `0${i}.ipynb`);
      writeFileSync(file, JSON.stringify({cells, metadata: {}, nbformat: 4, nbformat_minor: 5}));
      return file;
    });
    const out = join(folder, "report.html");
    writeReport(files, out);
    return readFileSync(out, "utf8");
  }

  it("lists titles and sections, and links notebooks to each other within the page", () => {
    const page = report([markdown("# Why?\n\n## See\n[next](01.ipynb)")], [markdown("# Why?\n### Deep")]);
    assert.ok(page.includes('<a class="level1" href="#why">Why?</a>'));
    assert.ok(page.includes('<a class="level2" href="#see">See</a>'));
    assert.ok(page.includes('<a class="level1" href="#why-2">Why?</a>'));
    assert.ok(!page.includes('href="#deep"'));
    assert.ok(page.includes('<a href="#01">next</a>') && page.includes('<section id="01">'));
  });

  it("folds code and escapes what was printed", () => {
    const page = report([code("a < b", {output_type: "stream", name: "stdout", text: ["<i>\n"]})]);
    assert.match(page, /<details><summary>code \[1\]<\/summary><pre class="code">a &lt; b<\/pre><\/details>/);
    assert.ok(page.includes('<pre class="stdout">&lt;i&gt;\n</pre>'));
  });

  it("shows an error's trace", () => {
    const page = report([
      code("x", {output_type: "error", ename: "E", evalue: "m", traceback: ["E: m", "  at <cell>"]}),
    ]);
    assert.ok(page.includes('<pre class="error">E: m\n  at &lt;cell&gt;</pre>'));
  });

  it("carries Plotly once, and nothing from a network", () => {
    const figure = {"application/vnd.plotly.v1+json": {data: [{text: "</script>"}], layout: {}}, "image/png": "AAAA"};
    const output = display(figure, {"image/png": {width: 760, alt: 'a "figure"'}});
    const page = report([code("1", output), code("2", output)]);
    assert.strictEqual(
      page.match(/<div class="figure" data-figure="[01]">|<div data-figure="[01]" class="figure">/g)?.length,
      2,
    );
    assert.strictEqual(page.match(/id="plotly"/g)?.length, 1);
    assert.ok(page.includes('<img alt="a &quot;figure&quot;" width="760" src="data:image/png;base64,AAAA">'));
    assert.ok(page.includes('{"text":"\\u003c/script>"}'));
    assert.doesNotMatch(page, /(src|href)="(https?:)?\/\//);
  });

  it("is light without figures, and takes the best form of what is shown", () => {
    const table = display({"text/html": "<table></table>", "text/plain": "table"});
    const page = report([code("1", table, display({"text/markdown": "*caption*", "text/plain": "x"}))]);
    assert.ok(page.length < 20_000, `${page.length} characters`);
    assert.ok(page.includes("<table></table>") && page.includes("<em>caption</em>"));
  });

  it("shows a class's name and a record's name without running what they say", () => {
    const name = '<script>document.title = "hit"</script><img src="x" onerror="hit()">';
    const page = report([
      markdown(`# About ${name}\n\n[more](javascript:hit())`),
      code("1", display({"text/markdown": `*Images of ${name}, 60 each*`})),
      code("2", display({"image/svg+xml": `<svg><script>hit()</script><text onclick="hit()">a</text></svg>`})),
    ]);
    assert.strictEqual(page.match(/<script/g)?.length, 1, "the page's own");
    assert.doesNotMatch(page, /onerror|onclick|javascript:/);
    assert.ok(page.includes("Images of") && page.includes(", 60 each") && page.includes("<text>a</text>"));
  });

  it("has a policy that allows its own scripts by their hashes and fetches nothing", () => {
    const figure = {"application/vnd.plotly.v1+json": {data: [], layout: {}}, "image/png": "AAAA"};
    for (const page of [report([code("1", display(figure))]), report([code("1")])]) {
      const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page) ?? [];
      const [, rule] = /script-src ([^;]*)/.exec(policy!)!;
      assert.match(rule!, /^('sha256-[\w+/]{43}=' ?){1,2}$/);
      assert.match(policy!, /^default-src 'none'; .*img-src data: blob:; base-uri 'none'; form-action 'none'$/);
      const [, own] = /<script>([^]*?)<\/script>/.exec(page)!;
      const packed = /<script type="text\/plain" id="plotly">([^<]*)</.exec(page)?.[1];
      const scripts = [own!, ...(packed ? [gunzipSync(Buffer.from(packed, "base64"))] : [])];
      for (const script of scripts)
        assert.ok(rule!.includes(createHash("sha256").update(script).digest("base64")), "a script without its hash");
    }
  });
});
