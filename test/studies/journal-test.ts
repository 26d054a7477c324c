import assert from "node:assert";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
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
    assert.throws(ids, /line 1: it is not JSON/);
  });

  it("names the line in which a digit was changed, and reads lines of version 0.1.0, which have no checksum", () => {
    write("a", "b");
    const text = readFileSync(file(), "utf8");
    const at = text.lastIndexOf('"testAccuracy":0.5');
    writeFileSync(file(), `${text.slice(0, at)}"testAccuracy":0.6${text.slice(at + 18)}`);
    const changed =
      /trials\.jsonl, line 2: its checksum \(sha256\) is not that of its content: .*; remove the line, and its/;
    assert.throws(ids, changed);
    assert.throws(() => write("c"), changed);
    const old = text.replaceAll(/,"sha256":"[0-9a-f]{64}"/g, "");
    writeFileSync(file(), old);
    assert.deepStrictEqual(readRecords(folder), [record("a"), record("b")]);
    write("c");
    assert.strictEqual(readFileSync(file(), "utf8").indexOf(old), 0, "what was there stays as it was");
    assert.deepStrictEqual(ids(), ["a", "b", "c"]);
    for (const accuracy of [7, -1, null]) {
      writeFileSync(file(), old.replace('"testAccuracy":0.5', `"testAccuracy":${accuracy}`));
      assert.throws(ids, /line 1: testAccuracy: .*; remove the line/);
    }
  });

  it("names the line that is longer than any record, and a journal that is longer than any", () => {
    write("a");
    const whole = readFileSync(file()).length;
    truncateSync(file(), whole + 100e6); // zeros
    const tooLong =
      /damaged journal .*trials\.jsonl, line 2: it has more than 67108864 bytes; remove the line, and its trial/;
    assert.throws(ids, tooLong);
    assert.throws(() => write("b"), tooLong);
    truncateSync(file(), 2 ** 30 + 1);
    assert.throws(ids, /cannot read .*trials\.jsonl: it has 1073741825 bytes, and may have at most 1073741824/);
    truncateSync(file(), whole);
    assert.deepStrictEqual(ids(), ["a"]);
  });

  it("says where there is no study", () => {
    assert.throws(
      () => readRecords(join(folder, "none")),
      /no study in .*none: it holds no trials\.jsonl; expected the --out folder/,
    );
  });

  it("belongs to one opener at a time, which the error names", () => {
    const journal = openJournal(folder, TRIALS);
    assert.throws(() => write("a"), /the study in .* is being run by this process \(\d+\), since .*study\.lock/);
    journal.append(record("b"));
    journal.close();
    write("a");
    assert.deepStrictEqual(ids(), ["b", "a"]);
    assert.deepStrictEqual(readdirSync(folder), ["trials.jsonl"]);
  });

  it("takes nothing more from an opener that lost its lock", () => {
    const journal = openJournal(folder, TRIALS);
    journal.append(record("a"));
    rmSync(join(folder, "study.lock"));
    const other = openJournal(folder, TRIALS);
    assert.throws(() => journal.append(record("b")), /trials\.jsonl belongs to another process, which took it over/);
    journal.close();
    other.append(record("c"));
    other.close();
    assert.deepStrictEqual(ids(), ["a", "c"]);
  });

  it("is made with its first record; without one nothing is left", () => {
    const inner = join(folder, "results", "mine");
    openJournal(inner, TRIALS).close();
    assert.deepStrictEqual(readdirSync(folder), []);
    openJournal(folder, TRIALS).close();
    assert.ok(existsSync(folder), "a folder that was there before");
    const journal = openJournal(inner, TRIALS);
    journal.append(record("a"));
    journal.close();
    assert.deepStrictEqual(readdirSync(inner), ["trials.jsonl"]);
  });

  it("says what is wrong with a folder that cannot be one", () => {
    writeFileSync(join(folder, "file"), "");
    assert.throws(
      () => openJournal(join(folder, "file"), TRIALS),
      /invalid folder: .*file; expected a folder, not a file/,
    );
    assert.throws(() => openJournal("/proc/none", TRIALS), /cannot make \/proc\/none: ENOENT/);
    assert.throws(() => openJournal("", TRIALS), /invalid folder: ""; expected a path/);
  });

  it("keeps of a record what a later run reads", () => {
    const journal = openJournal(folder, TRIALS);
    const [epoch] = record("a").curve;
    journal.append({...record("a"), curve: [{...epoch!, loss: NaN}]});
    assert.deepStrictEqual(journal.finished.get("a")!.curve[0]!.loss, null);
    journal.close();
    assert.deepStrictEqual(readRecords(folder)[0], journal.finished.get("a"));
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
