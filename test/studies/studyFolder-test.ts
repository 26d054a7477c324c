import assert from "node:assert";
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {unsealed} from "../../src/disk/seal.js";
import type {Trial} from "../../src/records/trial.js";
import {trialId} from "../../src/records/trial.js";
import {runSearchStudy} from "../../src/studies/architectureSearch.js";
import {TRIALS} from "../../src/studies/journal.js";
import {runStudy} from "../../src/studies/runStudy.js";
import {SCORED} from "../../src/studies/scoreTask.js";
import {openStudyFolder, type StudyIdentity} from "../../src/studies/studyFolder.js";
import {recordOf} from "../records/record.js";
import {smallSearch, smallTrials} from "./small.js";

const record = (id: string) => recordOf({id, study: "test"});

const SETTINGS = {seeds: 2, kernelSizes: [1, 3], data: {name: "cifar10", train: 40}, recipe: {epochs: 2}};

describe("the folder of a study", () => {
  let folder: string;
  let out: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "study-folder-"));
    out = join(folder, "mine");
  });
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  const open = (settings: object, more: Partial<StudyIdentity> = {}) =>
    openStudyFolder(out, {kind: "test", settings, mayGrow: ["seeds", "kernelSizes"], ...more}, TRIALS);
  const add = (id: string, settings: object, more: Partial<StudyIdentity> = {}): void => {
    const journal = open(settings, more);
    journal.append(record(id));
    journal.close();
  };
  /** Every file's content, by name. */
  const contents = (): object => Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name), "utf8")])); // prettier-ignore
  const refused = (run: () => void, message: RegExp): void => {
    const before = contents();
    assert.throws(run, message);
    assert.deepStrictEqual(contents(), before);
  };
  const studyFile = () => unsealed(readFileSync(join(out, "study.json"), "utf8"));

  it("says which study it holds, from the first record on", () => {
    const journal = open(SETTINGS);
    assert.ok(!existsSync(join(out, "study.json")));
    journal.append(record("a"));
    assert.deepStrictEqual(studyFile(), {kind: "test", settings: SETTINGS});
    journal.close();
    add("b", SETTINGS);
    assert.deepStrictEqual(readdirSync(out), ["study.json", "trials.jsonl"]);
  });

  it("is refused to other settings, by naming what differs in both", () => {
    add("a", SETTINGS);
    refused(
      () => open({...SETTINGS, data: {name: "procedural-16", train: 40}, recipe: {epochs: 3}}),
      /mine holds this study with other settings \(.*mine\/study\.json\): data\.name: cifar10 there, procedural-16 here; recipe\.epochs: 2 there, 3 here; choose another folder \(--out\), or delete this one/,
    );
    refused(() => open({...SETTINGS, budget: {maxParams: 5}}), /budget: nothing there, \{"maxParams":5\} here/);
    refused(() => open({}), /data: \{"name":"cifar10","train":40\} there, nothing here/);
    refused(() => open({...SETTINGS, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6}), /d: nothing there, 4 here; and 2 more;/);
  });

  it("takes more seeds and more groups, and says so", () => {
    add("a", SETTINGS);
    const grown = {...SETTINGS, seeds: 5, kernelSizes: [1, 3, 5]};
    add("b", grown);
    assert.deepStrictEqual(studyFile(), {kind: "test", settings: grown});
  });

  it("is refused to another kind of study", () => {
    add("a", SETTINGS);
    refused(
      () => open(SETTINGS, {kind: "final"}),
      /mine holds another study \(.*mine\/study\.json\): test there, final here; choose/,
    );
    refused(
      () => openStudyFolder(out, {kind: "search", settings: {}}, SCORED),
      /mine holds another study \(.*mine\/study\.json\): test there, search here/,
    );
  });

  it("is anybody's while nothing has finished in it, and where all that is asked for has", () => {
    open(SETTINGS).close();
    mkdirSync(out);
    writeFileSync(join(out, "study.json"), ""); // as version 0.1.0 left a start that failed
    writeFileSync(join(out, "trials.jsonl"), "");
    add("a", {other: true}, {kind: "final"});
    assert.deepStrictEqual(studyFile(), {kind: "final", settings: {other: true}});
    const complete = open(SETTINGS, {asked: ["a"]});
    assert.ok(complete.finished.has("a"));
    complete.close();
    refused(() => open(SETTINGS, {asked: ["a", "b"]}), /holds another study .*: final there, test here/);
  });

  it("of version 0.1.0 is read: settings alone, the kind by its records", () => {
    add("a", SETTINGS);
    writeFileSync(join(out, "study.json"), JSON.stringify(SETTINGS));
    refused(() => open({...SETTINGS, recipe: {epochs: 9}}), /recipe\.epochs: 2 there, 9 here/);
    refused(() => open(SETTINGS, {kind: "final"}), /holds another study \(.*study\.json\): test there, final here/);
    add("b", SETTINGS);
    assert.deepStrictEqual(studyFile(), {kind: "test", settings: SETTINGS});
    writeFileSync(join(out, "study.json"), JSON.stringify({algorithm: "random", scoring: {}}));
    refused(() => open(SETTINGS), /holds another study \(.*study\.json\): search there, test here/);
  });

  it("without its study.json is still its records' study", () => {
    add("a", SETTINGS);
    rmSync(join(out, "study.json"));
    refused(() => open(SETTINGS, {kind: "final"}), /holds another study \(.*trials\.jsonl\): test there, final here/);
    open(SETTINGS).close();
    assert.deepStrictEqual(studyFile(), {kind: "test", settings: SETTINGS}, "written again, though nothing is added");
    rmSync(out, {recursive: true});
    mkdirSync(out);
    writeFileSync(join(out, "scores.jsonl"), "a line\n");
    refused(
      () => open(SETTINGS),
      /holds another study \(.*scores\.jsonl\): the study of scores\.jsonl there, test here/,
    );
  });

  it("says where its study.json is damaged", () => {
    add("a", SETTINGS);
    for (const text of ["{", "[]", "3"]) {
      writeFileSync(join(out, "study.json"), text);
      refused(() => open(SETTINGS), /damaged .*study\.json: .*; delete it, and the next run writes it again/);
    }
  });
});

describe("a study that cannot start", function () {
  this.timeout(60000);
  const folder = mkdtempSync(join(tmpdir(), "no-start-"));
  after(() => rmSync(folder, {recursive: true, force: true}));
  const out = join(folder, "results", "mine");

  it("leaves nothing: data that are not installed, images that are not there, a signal at once", async () => {
    const [first] = smallTrials();
    const absent = {...first!, data: {...first!.data, name: "cifar10"}};
    const few = {...first!, data: {...first!.data, train: 4000}};
    for (const workers of [0, 1]) {
      await assert.rejects(runStudy([absent], {}, {out, workers, dataDir: folder}), /cifar10/);
      await assert.rejects(runStudy([few], {}, {out, workers}), /invalid split sizes/);
      await assert.rejects(runStudy([first!], {}, {out, workers, signal: AbortSignal.abort()}), {name: "AbortError"});
      assert.deepStrictEqual(readdirSync(folder), []);
    }
    await assert.rejects(runStudy([first!], {}, {out, workers: -1}), /invalid workers: -1/);
    await assert.rejects(
      runStudy([first!, first!], {}, {out}),
      /invalid trials: kernelSize 1, seed 1 twice; expected each/,
    );
    await assert.rejects(runStudy([], {}, {out}), /invalid trials: 0; expected at least one/);
    assert.deepStrictEqual(readdirSync(folder), []);
  });

  it("leaves nothing of a search either", async () => {
    const search = smallSearch({candidates: 3});
    const scoring = {...search.scoring, data: {...search.scoring.data, name: "cifar10"}};
    const settings = {...search, scoring};
    await assert.rejects(runSearchStudy(settings, {out, workers: 0, dataDir: folder}), /cifar10/);
    await assert.rejects(
      runSearchStudy({...settings, budget: {maxParams: 1}}, {out, workers: 0}),
      /invalid max params: 1/,
    );
    assert.deepStrictEqual(readdirSync(folder), []);
  });
});

describe("a study run again with other trials", () => {
  const folder = mkdtempSync(join(tmpdir(), "other-trials-"));
  after(() => rmSync(folder, {recursive: true, force: true}));
  /** The journal of `trials`, as if they had been run. */
  const written = (trials: readonly Trial[]): void => {
    const settings = {seeds: 2};
    const journal = openStudyFolder(folder, {kind: trials[0]!.study, settings}, TRIALS);
    for (const trial of trials) {
      const {architecture, data, recipe, bits, backend, labels, seed, study} = trial;
      const all = {architecture, recipe, bits, backend, labels, seed, study};
      const images = {...data, test: data.testCount, checksum: "c", procedural: true, provenance: "drawn"};
      journal.append({...record(trialId(trial)), ...all, data: images} as never);
    }
    journal.close();
  };

  it("is refused where one of the same labels and seed was another, though the settings do not say so", async () => {
    const trials = smallTrials();
    written(trials);
    const {records, ran} = await runStudy(trials, {seeds: 2}, {out: folder});
    assert.deepStrictEqual([records.length, ran], [4, 0]);
    const other = trials.map((trial) => ({...trial, recipe: {...trial.recipe, epochs: 3}, data: {...trial.data, train: 30}})); // prettier-ignore
    await assert.rejects(
      runStudy(other, {seeds: 2}, {out: folder}),
      /holds another trial of kernelSize 1, seed 1 \(.*trials\.jsonl\): recipe\.epochs: 2 there, 3 here; data\.train: 40 there, 30 here; choose/,
    );
  });
});
