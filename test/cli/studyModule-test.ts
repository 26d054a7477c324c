import assert from "node:assert";
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {packageRoot} from "../../src/root.js";
import {readRecords} from "../../src/studies/journal.js";
import {spikebook} from "./program.js";

const EXAMPLE = join(packageRoot, "docs", "examples", "threshold.ts");
const SMALL = "--seeds 2 --train 100 --validation 20 --test 40 --channels 8 --timesteps 2 --hidden 32 --epochs 1".split(" "); // prettier-ignore

describe("a study of the user's own", function () {
  this.timeout(240000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "own-study-"))));
  after(() => rmSync(folder, {recursive: true, force: true}));
  const written = (name: string, source: string): string => {
    const path = join(folder, name);
    writeFileSync(path, source);
    return path;
  };

  it("is printed in the README as it is kept and run", () => {
    const readme = readFileSync(join(packageRoot, "README.md"), "utf8");
    assert.ok(readme.includes(`\`\`\`ts\n${readFileSync(EXAMPLE, "utf8")}\`\`\``), "README.md and docs/examples/threshold.ts differ"); // prettier-ignore
    assert.ok(readme.includes("npx spikebook study docs/examples/threshold.ts"));
  });

  it("runs with its own options and everybody's, ends in results, a table and figures, and is resumed", () => {
    const out = join(folder, "threshold");
    const command = ["study", EXAMPLE, "--thresholds", "0.25,0.5", ...SMALL, "--out", out];
    const {status, stdout, stderr} = spikebook(command);
    assert.strictEqual(status, 0, stderr);
    assert.match(stdout, /threshold +n +accuracy \(%\)/);
    const records = readRecords(out);
    assert.deepStrictEqual(records.map(({status: ended, study}) => [ended, study]), Array(4).fill(["ok", "threshold"])); // prettier-ignore
    assert.deepStrictEqual(new Set(records.map(({architecture}) => architecture.neuron?.threshold)), new Set([0.25, 0.5])); // prettier-ignore
    for (const file of ["trials.csv", "summary.csv", "figures/accuracy.png", "figures/synOps.svg"])
      assert.ok(existsSync(join(out, file)), file);
    assert.match(spikebook([...command, "--workers", "0"]).stdout, /complete: all 4 trials are in .*; nothing was run/);
  });

  it("explains itself: its own options beside the common ones", () => {
    const {stdout} = spikebook(["study", EXAMPLE, "--help"]);
    assert.match(stdout, /how the firing threshold changes accuracy/);
    assert.match(stdout, /--thresholds <list>[^]*--workers <n>[^]*--epochs <n>/);
  });

  it("may lie outside the project and import from its own files", () => {
    mkdirSync(join(folder, "parts"));
    writeFileSync(join(folder, "parts", "name.ts"), 'export const NAME: string = "elsewhere";\n');
    const source = readFileSync(EXAMPLE, "utf8").replace('name: "threshold"', "name: NAME");
    const path = written("elsewhere.ts", `import {NAME} from "./parts/name.ts";\n${source}`);
    const {status, stdout, stderr} = spikebook(["study", path, "--help"]);
    assert.strictEqual(status, 0, stderr);
    assert.match(stdout, /--thresholds/);
  });

  it("says what is wrong with a module, in one line and with status 2", () => {
    const cases: readonly (readonly [path: string, message: RegExp])[] = [
      [join(folder, "none.ts"), /invalid study: .*none\.ts; expected an existing module, or the name of a study/],
      [
        written("empty.ts", "export {};\n"),
        /invalid study in .*empty\.ts: undefined; expected export default defineStudy/,
      ],
      [written("broken.ts", "const a = 1;\nconst b = = 2;\n"), /cannot load the study .*broken\.ts: line 2: Expression expected/], // prettier-ignore
      [
        written("misspelt.ts", 'import {defineStudy} from "spikebook";\nexport default defineStudy({nmae: "x"});\n'),
        /unknown study option: nmae; expected name, summary/,
      ],
    ];
    for (const [path, message] of cases) {
      const {status, stderr} = spikebook(["study", path]);
      assert.strictEqual(status, 2, stderr);
      assert.match(stderr, message);
      assert.strictEqual(stderr.trim().split("\n").length, 1, stderr);
    }
  });

  it("without a usable trial ends with status 1, the reason said once and what to change", () => {
    const out = join(folder, "silent");
    const {status, stdout, stderr} = spikebook(["study", EXAMPLE, "--thresholds", "50", ...SMALL, "--out", out]);
    assert.strictEqual(status, 1);
    assert.match(stderr, /no trial of threshold has a result/);
    assert.match(stdout, /2 of 2 trials have no result \(2 silent\):\n {2}silent: silent after one batch: .*\n {4}threshold 50: seeds 1, 2/); // prettier-ignore
    assert.ok(!existsSync(join(out, "figures", "accuracy.png")));
  });
});
