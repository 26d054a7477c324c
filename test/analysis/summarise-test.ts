import assert from "node:assert";
import {fieldOf, flatten} from "../../src/records/field.js";
import {differences, groupBy, summary} from "../../src/analysis/summarise.js";
import {assertClose} from "../assert.js";

const record = (kernelSize: number, seed: number, testAccuracy: number | undefined): Record<string, unknown> => ({
  kernelSize,
  seed,
  testAccuracy,
  energy: {pJ: kernelSize * 100, estimator: "45 nm"},
});

const RECORDS = [
  record(5, 1, 0.62),
  record(3, 1, 0.6),
  record(3, 2, 0.5),
  record(5, 3, 0.72),
  record(3, 3, 0.7),
  record(5, 2, 0.53),
];

describe("summaries", () => {
  it("give each group's mean, spread and 95 % interval, in order of the field", () => {
    const [three, five, ...rest] = summary(RECORDS, {by: "kernelSize", of: "testAccuracy"});
    assert.deepStrictEqual(rest, []);
    assert.deepStrictEqual([three!.group, three!.n, three!.min, three!.max, three!.missing], [3, 3, 0.5, 0.7, 0]);
    // sd 0.1, half width 4.302653·0.1/√3
    assertClose([three!.mean, three!.sd!, three!.low!, three!.high!], [0.6, 0.1, 0.3515862, 0.8484138]);
    assert.strictEqual(five!.group, 5);
    assertClose(five!.mean, 1.87 / 3);
  });

  it("reach into records by dotted names", () => {
    const rows = summary(RECORDS, {by: "energy.estimator", of: "energy.pJ"});
    assert.strictEqual(rows.length, 1);
    assert.deepStrictEqual([rows[0]!.group, rows[0]!.n, rows[0]!.mean], ["45 nm", 6, 400]);
  });

  it("count trials without a number instead of hiding them", () => {
    const [three] = summary([...RECORDS, record(3, 4, undefined), record(3, 5, NaN)], {
      by: "kernelSize",
      of: "testAccuracy",
    });
    assert.deepStrictEqual([three!.n, three!.missing], [3, 2]);
  });

  it("leave out a group without any number", () => {
    const rows = summary([...RECORDS, record(9, 1, NaN)], {by: "kernelSize", of: "testAccuracy"});
    assert.deepStrictEqual(
      rows.map(({group}) => group),
      [3, 5],
    );
  });

  it("keep names in order of appearance and numbers ascending", () => {
    assert.deepStrictEqual(
      groupBy([{k: 10}, {k: 9}, {k: 10}], "k").map(([group, members]) => [group, members.length]),
      [
        [9, 1],
        [10, 2],
      ],
    );
    assert.deepStrictEqual(
      groupBy([{k: "b"}, {k: "a"}], "k").map(([group]) => group),
      ["b", "a"],
    );
    assert.deepStrictEqual(
      groupBy([{k: [3, 5]}, {k: [3, 5]}], "k").map(([group]) => group),
      ["[3,5]"],
    );
  });

  it("name a field that no record has", () => {
    assert.throws(() => summary(RECORDS, {by: "kernel", of: "testAccuracy"}), {
      message: "unknown field: kernel; expected kernelSize, seed, testAccuracy or energy",
    });
    assert.throws(() => summary(RECORDS, {by: "seed", of: "energy.estimator"}), {
      message: "invalid field energy.estimator: 45 nm; expected numbers",
    });
    assert.deepStrictEqual(summary([], {by: "a", of: "b"}), []);
  });
});

describe("differences from a reference group", () => {
  it("pair records by seed, so that what a seed shares cancels", () => {
    const [row, ...rest] = differences(RECORDS, {by: "kernelSize", of: "testAccuracy", reference: 3});
    assert.deepStrictEqual(rest, []);
    // 0.02, 0.03, 0.02: mean 0.0233333, sd 0.0057735, half width 4.302653·sd/√3 = 0.0143422
    assert.deepStrictEqual([row!.group, row!.n, row!.unpaired], [5, 3, 0]);
    assertClose([row!.mean, row!.low!, row!.high!], [0.0233333, 0.0089912, 0.0376755]);
  });

  it("count records without a partner", () => {
    const [row] = differences([...RECORDS, record(5, 9, 0.9), record(5, 4, NaN)], {
      by: "kernelSize",
      of: "testAccuracy",
      reference: 3,
    });
    assert.deepStrictEqual([row!.n, row!.unpaired], [3, 2]);
  });

  it("refuse two records of one seed in a group, and a reference that is no group", () => {
    assert.throws(
      () => differences([...RECORDS, record(5, 1, 0.1)], {by: "kernelSize", of: "testAccuracy", reference: 3}),
      {
        message: "invalid pairs: two records of group 5 have seed 1; expected one each",
      },
    );
    assert.throws(() => differences(RECORDS, {by: "kernelSize", of: "testAccuracy", reference: 7}), {
      message: "unknown kernelSize: 7; expected 3 or 5",
    });
  });
});

describe("fields", () => {
  it("are found by key, by path, and by a key that holds a dot", () => {
    assert.strictEqual(fieldOf({a: {b: [1]}}, "a.b.c"), undefined);
    assert.deepStrictEqual(fieldOf({a: {b: [1]}}, "a.b"), [1]);
    assert.strictEqual(fieldOf({"a.b": 2, a: {b: 1}}, "a.b"), 2);
    assert.strictEqual(fieldOf({}, "constructor"), undefined);
  });

  it("flatten to dotted keys, lists to JSON", () => {
    assert.deepStrictEqual(flatten({a: 1, b: {c: {d: "x"}, e: [1, 2]}, f: null}), {
      a: 1,
      "b.c.d": "x",
      "b.e": "[1,2]",
      f: null,
    });
  });
});
