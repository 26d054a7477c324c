// Four rows times a panel of eight columns, in registers: c[i, 0…7] = Σ_r a[i, r]·b[r, 0…7].
//
// A matrix b [R, S] lies in panels, [⌈S/8⌉, R, 8], so that each is read in one run; zeros stand where S is no multiple of eight.
// Eight sums, two columns and one factor are what the machine's registers hold. Of several steps without a branch between them V8
// loads all factors first and runs out of registers: where the loop takes four at a time, each may be the last.

/** Rows a0 … a3 of R floats, into c whose rows are `step` bytes apart; `add`: onto what is there. */
// @ts-ignore: decorator
@inline
export function multiplyFour(
  a0: usize, a1: usize, a2: usize, a3: usize, b: usize, R: i32, c: usize, step: usize, add: bool,
): void {
  const c1 = c + step, c2 = c1 + step, c3 = c2 + step;
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  if (add) {
    s00 = v128.load(c, 0);
    s01 = v128.load(c, 16);
    s10 = v128.load(c1, 0);
    s11 = v128.load(c1, 16);
    s20 = v128.load(c2, 0);
    s21 = v128.load(c2, 16);
    s30 = v128.load(c3, 0);
    s31 = v128.load(c3, 16);
  }
  const end = b + (<usize>R << 5);
  let b0: v128, b1: v128, v: v128;
  while (b < end) {
    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    v = v128.load32_splat(a0, 0);
    s00 = f32x4.add(s00, f32x4.mul(v, b0));
    s01 = f32x4.add(s01, f32x4.mul(v, b1));
    v = v128.load32_splat(a1, 0);
    s10 = f32x4.add(s10, f32x4.mul(v, b0));
    s11 = f32x4.add(s11, f32x4.mul(v, b1));
    v = v128.load32_splat(a2, 0);
    s20 = f32x4.add(s20, f32x4.mul(v, b0));
    s21 = f32x4.add(s21, f32x4.mul(v, b1));
    v = v128.load32_splat(a3, 0);
    s30 = f32x4.add(s30, f32x4.mul(v, b0));
    s31 = f32x4.add(s31, f32x4.mul(v, b1));
    if (b + 32 == end) break;
    b0 = v128.load(b, 32);
    b1 = v128.load(b, 48);
    v = v128.load32_splat(a0, 4);
    s00 = f32x4.add(s00, f32x4.mul(v, b0));
    s01 = f32x4.add(s01, f32x4.mul(v, b1));
    v = v128.load32_splat(a1, 4);
    s10 = f32x4.add(s10, f32x4.mul(v, b0));
    s11 = f32x4.add(s11, f32x4.mul(v, b1));
    v = v128.load32_splat(a2, 4);
    s20 = f32x4.add(s20, f32x4.mul(v, b0));
    s21 = f32x4.add(s21, f32x4.mul(v, b1));
    v = v128.load32_splat(a3, 4);
    s30 = f32x4.add(s30, f32x4.mul(v, b0));
    s31 = f32x4.add(s31, f32x4.mul(v, b1));
    if (b + 64 == end) break;
    b0 = v128.load(b, 64);
    b1 = v128.load(b, 80);
    v = v128.load32_splat(a0, 8);
    s00 = f32x4.add(s00, f32x4.mul(v, b0));
    s01 = f32x4.add(s01, f32x4.mul(v, b1));
    v = v128.load32_splat(a1, 8);
    s10 = f32x4.add(s10, f32x4.mul(v, b0));
    s11 = f32x4.add(s11, f32x4.mul(v, b1));
    v = v128.load32_splat(a2, 8);
    s20 = f32x4.add(s20, f32x4.mul(v, b0));
    s21 = f32x4.add(s21, f32x4.mul(v, b1));
    v = v128.load32_splat(a3, 8);
    s30 = f32x4.add(s30, f32x4.mul(v, b0));
    s31 = f32x4.add(s31, f32x4.mul(v, b1));
    if (b + 96 == end) break;
    b0 = v128.load(b, 96);
    b1 = v128.load(b, 112);
    v = v128.load32_splat(a0, 12);
    s00 = f32x4.add(s00, f32x4.mul(v, b0));
    s01 = f32x4.add(s01, f32x4.mul(v, b1));
    v = v128.load32_splat(a1, 12);
    s10 = f32x4.add(s10, f32x4.mul(v, b0));
    s11 = f32x4.add(s11, f32x4.mul(v, b1));
    v = v128.load32_splat(a2, 12);
    s20 = f32x4.add(s20, f32x4.mul(v, b0));
    s21 = f32x4.add(s21, f32x4.mul(v, b1));
    v = v128.load32_splat(a3, 12);
    s30 = f32x4.add(s30, f32x4.mul(v, b0));
    s31 = f32x4.add(s31, f32x4.mul(v, b1));
    a0 += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
    b += 128;
  }
  v128.store(c, s00, 0);
  v128.store(c, s01, 16);
  v128.store(c1, s10, 0);
  v128.store(c1, s11, 16);
  v128.store(c2, s20, 0);
  v128.store(c2, s21, 16);
  v128.store(c3, s30, 0);
  v128.store(c3, s31, 16);
}

/**
 * Four columns of x times eight of d, summed over `rows` rows: c[0…3, 0…7] = Σ_i x[i, 0…3]·d[i, 0…7]; `add`: onto what is there. Rows of
 * x, and those of d and c, are so many bytes apart.
 */
// @ts-ignore: decorator
@inline
export function multiplyTransposed(
  x: usize, rowX: usize, d: usize, rowD: usize, rows: i32, c: usize, add: bool,
): void {
  const c1 = c + rowD, c2 = c1 + rowD, c3 = c2 + rowD;
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  if (add) {
    s00 = v128.load(c, 0);
    s01 = v128.load(c, 16);
    s10 = v128.load(c1, 0);
    s11 = v128.load(c1, 16);
    s20 = v128.load(c2, 0);
    s21 = v128.load(c2, 16);
    s30 = v128.load(c3, 0);
    s31 = v128.load(c3, 16);
  }
  for (let i = 0; i < rows; i++, x += rowX, d += rowD) {
    const y0 = v128.load(d, 0), y1 = v128.load(d, 16);
    let v = v128.load32_splat(x, 0);
    s00 = f32x4.add(s00, f32x4.mul(v, y0));
    s01 = f32x4.add(s01, f32x4.mul(v, y1));
    v = v128.load32_splat(x, 4);
    s10 = f32x4.add(s10, f32x4.mul(v, y0));
    s11 = f32x4.add(s11, f32x4.mul(v, y1));
    v = v128.load32_splat(x, 8);
    s20 = f32x4.add(s20, f32x4.mul(v, y0));
    s21 = f32x4.add(s21, f32x4.mul(v, y1));
    v = v128.load32_splat(x, 12);
    s30 = f32x4.add(s30, f32x4.mul(v, y0));
    s31 = f32x4.add(s31, f32x4.mul(v, y1));
  }
  v128.store(c, s00, 0);
  v128.store(c, s01, 16);
  v128.store(c1, s10, 0);
  v128.store(c1, s11, 16);
  v128.store(c2, s20, 0);
  v128.store(c2, s21, 16);
  v128.store(c3, s30, 0);
  v128.store(c3, s31, 16);
}
