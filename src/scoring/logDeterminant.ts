// log |det A| in float64, by elimination with partial pivoting: log |det A| = Σ log |pivot|.
//
// A pivot below n·ε·max|a_ij| is rounding error of a zero: the matrix is singular to working precision, and its logarithm
// would be noise, not −∞. A symmetric matrix need not be positive for this, as kernel matrices of distances are not always.

import {check} from "../check.js";

export type LogDeterminant = {
  /** Natural logarithm of |det A|; null when the matrix is singular or holds a number that is not finite. */
  readonly value: number | null;
  readonly status: "ok" | "singular" | "diverged";
  /** Sign of the determinant; 0 when it has none. */
  readonly sign: -1 | 0 | 1;
};

const none = (status: "singular" | "diverged"): LogDeterminant => ({value: null, status, sign: 0});

/** Of `matrix`, n·n numbers row by row; left as it is. */
export function logDeterminant(matrix: Float64Array, n: number): LogDeterminant {
  check("matrix", matrix.length, matrix.length === n * n, `n·n = ${n * n} numbers`);
  const a = Float64Array.from(matrix);
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0); // NaN stays NaN
  if (!Number.isFinite(largest)) return none("diverged");
  const least = n * Number.EPSILON * largest;
  let value = 0;
  let sign: -1 | 1 = 1;
  for (let k = 0; k < n; ++k) {
    let p = k;
    for (let i = k + 1; i < n; ++i) if (Math.abs(a[i * n + k]!) > Math.abs(a[p * n + k]!)) p = i;
    const pivot = a[p * n + k]!;
    if (Math.abs(pivot) <= least) return none("singular");
    if (p !== k) {
      const row = a.slice(p * n, p * n + n);
      a.copyWithin(p * n, k * n, k * n + n);
      a.set(row, k * n);
      sign = -sign as -1 | 1;
    }
    if (pivot < 0) sign = -sign as -1 | 1;
    value += Math.log(Math.abs(pivot));
    for (let i = k + 1; i < n; ++i) {
      const factor = a[i * n + k]! / pivot;
      if (factor !== 0) for (let j = k + 1; j < n; ++j) a[i * n + j]! -= factor * a[k * n + j]!;
    }
  }
  return {value, status: "ok", sign};
}
