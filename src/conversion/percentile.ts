// The percentile of more values than memory should hold: of n values, only those above it are kept.
//
//   q(p) = v[i] + (r − i)·(v[i+1] − v[i]),   r = p/100·(n − 1), i = ⌊r⌋, v sorted        linear interpolation (NumPy's default)

import {inRange} from "../ranges.js";

export type Percentile = {
  /** Counts the positive ones of these values; zeros and negative ones are left out. */
  readonly add: (values: ArrayLike<number>) => void;
  /** The percentile of what was counted; undefined where nothing was. */
  readonly value: () => number | undefined;
};

/** The `percent`-th percentile of the positive values among at most `most` values. */
export function percentileOf(percent: number, most: number): Percentile {
  inRange("percentile", percent);
  const kept = Math.ceil((1 - percent / 100) * most) + 2;
  const buffer = new Float32Array(2 * kept + 1024);
  let [held, counted, floor] = [0, 0, 0];
  /** Leaves the `kept` largest. */
  const prune = (): void => {
    const sorted = buffer.subarray(0, held).sort();
    sorted.copyWithin(0, held - kept, held);
    held = kept;
    floor = buffer[0]!;
  };
  return {
    add(values) {
      for (let i = 0; i < values.length; ++i) {
        const value = values[i]!;
        if (!(value > 0)) continue;
        ++counted;
        if (value < floor) continue;
        if (held === buffer.length) prune();
        buffer[held++] = value;
      }
    },
    value() {
      if (counted === 0) return undefined;
      const sorted = buffer.slice(0, held).sort();
      const rank = (percent / 100) * (counted - 1);
      const below = Math.floor(rank);
      const at = (i: number): number => sorted[i - (counted - held)]!;
      return at(below) + (rank - below) * (at(Math.min(below + 1, counted - 1)) - at(below));
    },
  };
}
