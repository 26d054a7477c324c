import assert from "node:assert";
import {random, randomKey} from "../../src/random.js";
import {logDeterminant} from "../../src/scoring/logDeterminant.js";
import {assertClose} from "../assert.js";

const stream = random(randomKey(1, "determinants"));
const matrix = (n: number, entry: (i: number, j: number) => number): Float64Array =>
  Float64Array.from({length: n * n}, (_, k) => entry(Math.floor(k / n), k % n));

describe("scoring/logDeterminant", () => {
  it("equals the closed form of (a − b)·I + b: (n − 1)·log(a − b) + log(a + (n − 1)·b)", () => {
    for (const [n, a, b] of [
      [1, 3, 0],
      [5, 2, 1],
      [64, 131072, 131071.5], // what a SAHD matrix looks like
      [256, 16384, 16383.7],
    ] as const) {
      const {value, status, sign} = logDeterminant(
        matrix(n, (i, j) => (i === j ? a : b)),
        n,
      );
      assertClose(value!, (n - 1) * Math.log(a - b) + Math.log(a + (n - 1) * b), {rtol: 1e-9, what: `n=${n}`});
      assert.deepStrictEqual([status, sign], ["ok", 1]);
    }
  });

  it("equals Vandermonde's and Hilbert's closed forms", () => {
    const nodes = [0.5, 1, 2, 3.5, 5];
    let vandermonde = 1;
    nodes.forEach((x, i) => nodes.slice(0, i).forEach((y) => (vandermonde *= x - y)));
    assertClose(
      logDeterminant(
        matrix(5, (i, j) => nodes[i]! ** j),
        5,
      ).value!,
      Math.log(vandermonde),
      {rtol: 1e-12},
    );
    const hilbert = logDeterminant(
      matrix(4, (i, j) => 1 / (i + j + 1)),
      4,
    ).value!;
    assertClose(hilbert, -Math.log(6048000), {rtol: 1e-12});
  });

  it("tells the sign, under permutation of rows too", () => {
    assert.strictEqual(logDeterminant(Float64Array.of(0, 1, 1, 0), 2).sign, -1);
    assert.strictEqual(logDeterminant(Float64Array.of(-2, 0, 0, 3), 2).sign, -1);
    assert.strictEqual(logDeterminant(Float64Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0), 3).sign, 1);
    assertClose(logDeterminant(Float64Array.of(0, 2, 3, 0), 2).value!, Math.log(6));
  });

  it("adds the logarithms of a product's factors", () => {
    const n = 9;
    const [a, b] = [matrix(n, () => stream.normal()), matrix(n, () => stream.normal())];
    const ab = matrix(n, (i, j) => {
      let sum = 0;
      for (let k = 0; k < n; ++k) sum += a[i * n + k]! * b[k * n + j]!;
      return sum;
    });
    const expected = logDeterminant(a, n).value! + logDeterminant(b, n).value!;
    assertClose(logDeterminant(ab, n).value!, expected, {rtol: 1e-10});
  });

  it("flags what has no logarithm instead of returning −∞ or noise", () => {
    const flags = (values: number[], n: number) => logDeterminant(Float64Array.from(values), n);
    assert.deepStrictEqual(flags([0, 0, 0, 0], 2), {value: null, status: "singular", sign: 0});
    assert.strictEqual(flags([1, 2, 2, 4], 2).status, "singular");
    assert.strictEqual(flags([1, NaN, 0, 1], 2).status, "diverged");
    assert.strictEqual(flags([1, Infinity, 0, 1], 2).status, "diverged");
    // two equal images among 64: equal rows, of which rounding leaves pivots near 1e-12
    const rows = Array.from({length: 64}, () => Array.from({length: 64}, () => 16384 - stream.uniform()));
    rows[40] = rows[7]!;
    assert.strictEqual(flags(rows.flat(), 64).status, "singular");
  });

  it("leaves the matrix as it was", () => {
    const a = Float64Array.of(1, 2, 3, 4);
    logDeterminant(a, 2);
    assert.deepStrictEqual([...a], [1, 2, 3, 4]);
  });
});
