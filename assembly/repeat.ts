// Maps repeated along a leading axis: the gradient of a repetition is the sum over it.

import {loadPart, storePart} from "./lanes";

/** out[i] = Σ_r x[r·n + i], n floats. */
export function sumRepeats(x: usize, out: usize, repeats: i32, n: i32): void {
  const step = <usize>n << 2;
  const whole = <usize>(n & ~3) << 2;
  for (let i: usize = 0; i < whole; i += 16) {
    let sum = v128.load(x + i);
    for (let r = 1; r < repeats; r++) sum = f32x4.add(sum, v128.load(x + <usize>r * step + i));
    v128.store(out + i, sum);
  }
  for (let i = whole; i < step; i += 4) {
    let sum = load<f32>(x + i);
    for (let r = 1; r < repeats; r++) sum += load<f32>(x + <usize>r * step + i);
    store<f32>(out + i, sum);
  }
}

/** out[i] += x[i], or out[i] = x[i] unless `adds`; n floats. */
export function addFloats(x: usize, out: usize, n: i32, adds: i32): void {
  if (!adds) {
    memory.copy(out, x, <usize>n << 2);
    return;
  }
  const whole = <usize>(n & ~3) << 2;
  for (let i: usize = 0; i < whole; i += 16) v128.store(out + i, f32x4.add(v128.load(out + i), v128.load(x + i)));
  if (n & 3) storePart(out + whole, f32x4.add(loadPart(out + whole, n & 3), loadPart(x + whole, n & 3)), n & 3);
}

export function clear(at: usize, bytes: i32): void {
  memory.fill(at, 0, bytes);
}
