import assert from "node:assert";
import {pairedInterval} from "../../src/analysis/interval.js";
import {claimVerdict, verdictOf} from "../../src/analysis/verdict.js";

describe("verdicts", () => {
  it("follow the interval and not its middle", () => {
    assert.strictEqual(verdictOf({low: 0.1, high: 3}), "higher");
    assert.strictEqual(verdictOf({low: -3, high: -0.1}), "lower");
    assert.strictEqual(verdictOf({low: -0.1, high: 30}), "notShown");
  });

  it("show nothing where the interval touches 0, and nothing of a single value", () => {
    assert.strictEqual(verdictOf({low: 0, high: 3}), "notShown");
    assert.strictEqual(verdictOf({low: undefined, high: undefined}), "notShown");
  });

  it("call two things equivalent only within a stated margin", () => {
    assert.strictEqual(verdictOf({low: -0.4, high: 0.3}), "notShown");
    assert.strictEqual(verdictOf({low: -0.4, high: 0.3}, {margin: 0.5}), "equivalent");
    assert.strictEqual(verdictOf({low: -0.6, high: 0.3}, {margin: 0.5}), "notShown");
    assert.strictEqual(verdictOf({low: 0.1, high: 0.3}, {margin: 0.5}), "higher");
    assert.throws(() => verdictOf({low: 0, high: 1}, {margin: 0}), /invalid margin: 0; expected a number > 0/);
  });

  it("compare a value with another than 0", () => {
    assert.strictEqual(verdictOf({low: 0.12, high: 0.2}, {than: 0.1}), "higher");
    assert.strictEqual(claimVerdict({low: 0.08, high: 0.2}, "higher", {than: 0.1}), "is not shown");
    assert.strictEqual(verdictOf({low: 9.8, high: 10.1}, {than: 10, margin: 0.5}), "equivalent");
  });

  it("find what Student found in the sleep data: the second drug gives more sleep", () => {
    // R, t.test(extra ~ group, paired = TRUE): −2.46 to −0.70 for group 1 minus group 2
    const a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
    const b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    assert.strictEqual(claimVerdict(pairedInterval(b, a), "higher"), "agrees");
    assert.strictEqual(claimVerdict(pairedInterval(b, a), "lower"), "is contradicted");
    assert.strictEqual(claimVerdict(pairedInterval(a.slice(0, 2), b.slice(0, 2)), "lower"), "is not shown");
  });
});
