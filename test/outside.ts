// Numbers that a range does not hold.

import type {Range} from "../src/ranges.js";

/** Just below, just above, between whole numbers, no number, and huge. */
export function outside({least, most, open, whole, odd}: Range): number[] {
  const below = open === "least" ? least : least - (whole ? 1 : 1e-6);
  const above = open === "most" ? most : most + Math.max(1, most * 1e-9);
  return [
    below,
    above,
    ...(whole ? [least + 0.5] : []),
    ...(odd ? [least + 1] : []),
    NaN,
    Infinity,
    -Infinity,
    1e308,
    -1e308,
  ];
}
