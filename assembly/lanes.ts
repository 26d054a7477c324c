// Loads and stores of one to four floats, for what is left over when a length is no multiple of four.

// @ts-ignore: decorator
@inline
export function loadPart(p: usize, count: i32): v128 {
  if (count > 3) return v128.load(p);
  let lanes = f32x4.splat(0);
  lanes = v128.load32_lane(p, lanes, 0);
  if (count > 1) lanes = v128.load32_lane(p + 4, lanes, 1);
  if (count > 2) lanes = v128.load32_lane(p + 8, lanes, 2);
  return lanes;
}

// @ts-ignore: decorator
@inline
export function storePart(p: usize, lanes: v128, count: i32): void {
  if (count > 3) {
    v128.store(p, lanes);
    return;
  }
  v128.store32_lane(p, lanes, 0);
  if (count > 1) v128.store32_lane(p + 4, lanes, 1);
  if (count > 2) v128.store32_lane(p + 8, lanes, 2);
}
