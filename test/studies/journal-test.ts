import assert from "node:assert";
import {spawn} from "node:child_process";
import {appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {openJournal, readRecords, TRIALS} from "../../src/studies/journal.js";
import {stableRecord, trialId, type TrialRecord} from "../../src/records/trial.js";
import {recordOf} from "../records/record.js";
import {smallTrials} from "./small.js";

const record = (id: string): TrialRecord => recordOf({id});

describe("the journal", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "journal-"))));
  afterEach(() => rmSync(folder, {recursive: true, force: true}));
  const file = (): string => join(folder, "trials.jsonl");
  const write = (...ids: string[]): void => {
    const journal = openJournal(folder, TRIALS);
    for (const id of ids) journal.append(record(id));
    journal.close();
  };
  const ids = (): string[] => readRecords(folder).map(({id}) => id);

  it("gives back what was appended, over several openings", () => {
    write("a", "b");
    write("c");
    assert.deepStrictEqual(ids(), ["a", "b", "c"]);
    assert.deepStrictEqual(readRecords(folder)[0], record("a"));
  });

  it("cuts off the line that a killed process left incomplete", () => {
    write("a", "b");
    const whole = readFileSync(file());
    writeFileSync(file(), whole.subarray(0, whole.length - 10));
    assert.deepStrictEqual(ids(), ["a"]);
    write("c");
    assert.deepStrictEqual(ids(), ["a", "c"]);
  });

  it("names the line that is damaged elsewhere, and what is wrong with it", () => {
    write("a");
    appendFileSync(file(), "{}\n");
    assert.throws(
      ids,
      /damaged journal .*trials\.jsonl, line 2: schema: .*remove the line, and its trial is run again/,
    );
    writeFileSync(file(), "not json\n");
    assert.throws(ids, /line 1: not JSON/);
  });

  it("says where there is no study", () => {
    assert.throws(
      () => readRecords(join(folder, "none")),
      /no study in .*none: it holds no trials\.jsonl; expected the --out folder/,
    );
  });

  it("belongs to one process at a time, and is taken over from one that is gone", async () => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    writeFileSync(join(folder, "study.lock"), String(child.pid));
    assert.throws(
      () => write("a"),
      new RegExp(`is being run by process ${child.pid}; wait for it, or choose another folder`),
    );
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await gone;
    write("a");
    assert.ok(!existsSync(join(folder, "study.lock")));
  });
});

describe("a trial's identity", () => {
  const [trial] = smallTrials();

  it("is the same for the same trial, and another when anything that determines its result is", () => {
    assert.strictEqual(trialId(trial!), trialId(structuredClone(trial!)));
    const t = trial!;
    const changed = [
      {...t, seed: 9},
      {...t, backend: "cpu" as const},
      {...t, recipe: {...t.recipe, learningRate: 0.1}},
      {...t, data: {...t.data, train: 41}},
      {...t, architecture: {...t.architecture, T: 3}},
      {...t, architecture: {...t.architecture, neuron: {...t.architecture.neuron, tau: 2}}},
    ];
    assert.strictEqual(new Set([t, ...changed].map(trialId)).size, 7);
  });

  it("does not hang on the profile's name", () => {
    assert.strictEqual(trialId({...trial!, profile: "full"}), trialId(trial!));
  });

  it("survives without times, host and memory in its stable record", () => {
    const stable = stableRecord(record("a"));
    assert.ok(!("run" in stable));
    assert.deepStrictEqual(stable.curve, [{epoch: 1, loss: 2, trainAccuracy: 0.4, learningRate: 0.001, validationAccuracy: 0.45}]); // prettier-ignore
  });
});
