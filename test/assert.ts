// Comparison for numeric tests: prints both sides, fails on NaN and infinities.

import assert from "node:assert";

type Numbers = ArrayLike<number>;

/** |actual − expected| <= atol + rtol·|expected| for each entry; `scale: "max"` measures rtol against the largest entry. */
export function assertClose(
  actual: Numbers | number,
  expected: Numbers | number,
  {
    rtol = 1e-5,
    atol = 1e-6,
    scale = "each",
    what = "value",
  }: {rtol?: number; atol?: number; scale?: "each" | "max"; what?: string} = {},
): void {
  const a: Numbers = typeof actual === "number" ? [actual] : actual;
  const e: Numbers = typeof expected === "number" ? [expected] : expected;
  assert.strictEqual(a.length, e.length, `${what}: ${a.length} numbers instead of ${e.length}`);
  let largest = 0;
  for (let i = 0; i < e.length; ++i) largest = Math.max(largest, Math.abs(e[i]!));
  for (let i = 0; i < e.length; ++i) {
    const bound = atol + rtol * (scale === "max" ? largest : Math.abs(e[i]!));
    const ok = Number.isFinite(a[i]!) && Number.isFinite(e[i]!) && Math.abs(a[i]! - e[i]!) <= bound;
    assert.ok(ok, `${what}[${i}]: ${a[i]} instead of ${e[i]} (tolerance ${bound})`);
  }
}
