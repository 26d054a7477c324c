import assert from "node:assert";
import {studentQuantile} from "../../src/analysis/studentT.js";
import {assertClose} from "../assert.js";

describe("Student's t", () => {
  it("equals the printed tables at 97.5 %", () => {
    // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2
    const table = {
      1: 12.706,
      2: 4.303,
      3: 3.182,
      4: 2.776,
      5: 2.571,
      9: 2.262,
      10: 2.228,
      29: 2.045,
      30: 2.042,
      100: 1.984,
    };
    for (const [df, t] of Object.entries(table))
      assertClose(studentQuantile(0.975, Number(df)), t, {rtol: 0, atol: 5.1e-4, what: `ν = ${df}`});
  });

  it("equals @stdlib/stats-base-dists-t-quantile 0.2.3 to ten digits", () => {
    const rows: readonly (readonly [number, number, number])[] = [
      [0.975, 1, 12.706204736174694],
      [0.975, 2, 4.302652729749462],
      [0.975, 3, 3.182446305283708],
      [0.975, 4, 2.776445105197794],
      [0.975, 9, 2.262157162798205],
      [0.975, 30, 2.0422724563012378],
      [0.975, 1000, 1.9623390808264078],
      [0.9, 1, 3.077683537175254],
      [0.9, 2, 1.8856180831641272],
      [0.9, 5, 1.4758840488244809],
      [0.9, 100, 1.2900747613465162],
    ];
    for (const [p, df, t] of rows) assertClose(studentQuantile(p, df), t, {rtol: 1e-10, atol: 0, what: `ν = ${df}`});
  });

  it("for ν = 1 is Cauchy's tan(π(p − ½)), for ν = 2 (2p − 1)/√(2p(1 − p))", () => {
    for (const p of [0.55, 0.8, 0.999]) {
      assertClose(studentQuantile(p, 1), Math.tan(Math.PI * (p - 0.5)), {rtol: 1e-11});
      assertClose(studentQuantile(p, 2), (2 * p - 1) / Math.sqrt(2 * p * (1 - p)), {rtol: 1e-11});
    }
  });

  it("is symmetric, and 0 in the middle", () => {
    assert.strictEqual(studentQuantile(0.025, 7), -studentQuantile(0.975, 7));
    assertClose(studentQuantile(0.5, 7), 0, {atol: 1e-12});
  });

  it("refuses degrees of freedom and probabilities that are none", () => {
    assert.throws(() => studentQuantile(0.9, 0), {message: "invalid degrees of freedom: 0; expected an integer >= 1"});
    assert.throws(() => studentQuantile(1, 3), {message: "invalid probability: 1; expected a number between 0 and 1"});
  });
});
