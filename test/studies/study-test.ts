import assert from "node:assert";
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {parseCell} from "../../src/architectures/cell.js";
import {figure} from "../../src/plots/figure.js";
import {STUDIES} from "../../src/studies/catalogue.js";
import {conductStudy} from "../../src/studies/conductStudy.js";
import {seedsOf, studyArchitecture} from "../../src/studies/settings.js";
import {defineStudy, numbersOf, studyOf, type StudyDefinition} from "../../src/studies/study.js";
import {useBackend} from "../../src/kernels/index.js";

const cell = parseCell("0333 0012 0003 0000");

const definition: StudyDefinition<{widths: readonly number[]}> = {
  name: "width",
  summary: "how width changes accuracy",
  own: {widths: [2, 4]},
  options: [{name: "widths", value: "<list>", help: "channels, such as 2,4", parse: numbersOf}],
  trials: (settings) =>
    seedsOf(settings).flatMap((seed) =>
      settings.widths.map((channels) => {
        const network = {...settings.network, channels};
        return {labels: {channels}, seed, architecture: studyArchitecture({...settings, network}, [cell])};
      }),
    ),
  comparison: {label: "channels"},
};

const SMALL = {
  seeds: 1,
  cellCount: 1,
  data: {name: "procedural-16", trainCount: 60, testCount: 40, train: 40, validation: 20, seed: 0},
  network: {T: 2, pool: 4, head: {hidden: 8, voters: 10, dropout: 0}},
  recipe: {epochs: 1, batchSize: 10, guard: "warn"},
} as const;

describe("a study as a value", function () {
  this.timeout(120000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "study-value-"))));
  after(() => rmSync(folder, {recursive: true, force: true}));

  it("makes trials that bear its name, from its own settings and everybody's", () => {
    const study = defineStudy(definition);
    const trials = study.trials(study.settings({...SMALL, seeds: 2, widths: [2, 8]}));
    assert.deepStrictEqual(trials.map(({study: name, labels, seed}) => [name, labels.channels, seed]), [["width", 2, 1], ["width", 8, 1], ["width", 2, 2], ["width", 8, 2]]); // prettier-ignore
    assert.deepStrictEqual(study.own({widths: [3], epochs: 4}), {widths: [3]});
  });

  it("refuses what cannot be, before anything runs", () => {
    const refused = (changes: object, message: RegExp): void =>
      assert.throws(() => defineStudy({...definition, ...changes} as typeof definition).settings(SMALL), message);
    refused({name: "my study"}, /invalid study name: my study; expected letters, digits, - and _/);
    refused({comparison: {label: "wide"}}, /invalid labels: .*; expected the label of the comparison, wide/);
    refused({options: [{name: "width", value: "", help: ""}]}, /invalid option: width; expected the name of one of .*widths/); // prettier-ignore
    refused({trials: () => []}, /invalid trials: 0; expected at least one/);
    refused({trails: () => []}, /unknown study option: trails/);
    assert.throws(() => defineStudy(definition).settings({...SMALL, widths: [0]}), /invalid channels: 0/);
    assert.throws(() => studyOf({}, "x.ts"), /invalid study in x\.ts: \{\}; expected export default defineStudy/);
  });

  it("is conducted: records, its tables and its figures by name", async () => {
    await useBackend("wasm");
    const drawn: string[] = [];
    const study = defineStudy({
      ...definition,
      tables: (records) => ({widths: records.map(({labels, params}) => ({...labels, params}))}),
      figures: () => (drawn.push("asked"), {}),
    });
    const out = join(folder, "width");
    const {records, ran} = await conductStudy(study, SMALL, {out, workers: 0});
    assert.deepStrictEqual([records.length, ran, drawn.length], [2, 2, 1]);
    assert.ok(existsSync(join(out, "trials.csv")) && existsSync(join(out, "widths.csv")));
    assert.strictEqual((await conductStudy(study, SMALL, {out, workers: 0})).ran, 0);
    assert.strictEqual(drawn.length, 1, "what is there is not written again");
  });

  it("killed between its last record and its tables and figures, writes these when it is run again", async () => {
    await useBackend("wasm");
    const dots = figure({data: [{x: [1], y: [1]}], layout: {}});
    const study = defineStudy({
      ...definition,
      tables: (records) => ({widths: records.map(({labels}) => labels), seeds: records.map(({seed}) => ({seed}))}),
      figures: () => ({dots}),
    });
    const out = join(folder, "killed");
    const run = async (): Promise<number> => (await conductStudy(study, SMALL, {out, workers: 0})).ran;
    /** Files by name; of an SVG, whose names of parts are drawn anew each time, that it is one. */
    const written = (): Record<string, string> => {
      const names = readdirSync(out, {recursive: true, encoding: "utf8"}).filter((name) => /\.(csv|json|svg|png)$/.test(name)); // prettier-ignore
      const texts = names.sort().map((name) => [name, readFileSync(join(out, name), "latin1")] as const);
      return Object.fromEntries(texts.map(([name, text]) => [name, text.startsWith("<svg") ? "an SVG" : text]));
    };
    assert.strictEqual(await run(), 2);
    const whole = written();
    // In the order in which they are written: figures, tables, trials.csv. A kill leaves the first ones.
    const order = ["figures/dots.json", "figures/dots.svg", "figures/dots.png", "widths.csv", "seeds.csv", "trials.csv"]; // prettier-ignore
    assert.deepStrictEqual(Object.keys(whole).sort(), [...order, "study.json"].sort());
    for (const there of [1, 4]) {
      for (const name of order.slice(there)) rmSync(join(out, name));
      assert.strictEqual(await run(), 0);
      assert.deepStrictEqual(written(), whole, `killed after ${there} files`);
    }
    // A study that grew: tables of fewer records are there, older than the journal.
    for (const name of order) writeFileSync(join(out, name), "of fewer records");
    const later = new Date(Date.now() + 1000);
    utimesSync(join(out, "trials.jsonl"), later, later);
    assert.strictEqual(await run(), 0);
    assert.deepStrictEqual(written(), whole);
  });

  it("is what the command line loops over: names and options that cannot be confused", () => {
    assert.deepStrictEqual(STUDIES.map(({name}) => name), ["kernel-impact", "operation-impact", "kernel-sets", "sequential", "compression-search", "activity-regularization", "final"]); // prettier-ignore
    for (const {name, options} of STUDIES)
      assert.strictEqual(new Set(options.map((option) => option.name)).size, options.length, name);
  });
});
