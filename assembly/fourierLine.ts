// The discrete Fourier transform of a line, for four channels at a time:
//
//   X[j] = Σ_i x[i]·exp(−2πi·ij/n)      n = 6^a·4^b·2^c·3^d·5^e
//
// by Stockham's passes of radix 6, 4, 3, 5 and 2: each reads one buffer and writes another, and the last leaves the values in order.
// A complex number is two vectors, real and imaginary parts: 32 bytes. The inverse is the same with the two swapped on the way in
// and out.
//
// `table`, as src/kernels/fourierTable.ts writes it: n, the number of passes and their radices, eight int32; sin 60°, ½, cos 72°,
// cos 144°, sin 72°, sin 144° and two zeros; then for each pass its twiddles; from byte 64 + 8n on the roots exp(−2πi·j/n).

const HEADER: usize = 64;
const CONSTANTS: usize = 32;

/** (re, im)·twiddle to `to`. */
// @ts-ignore: decorator
@inline
function storeTurned(to: usize, re: v128, im: v128, twiddle: usize): void {
  const c = v128.load32_splat(twiddle, 0), s = v128.load32_splat(twiddle, 4);
  v128.store(to, f32x4.sub(f32x4.mul(re, c), f32x4.mul(im, s)), 0);
  v128.store(to, f32x4.add(f32x4.mul(re, s), f32x4.mul(im, c)), 16);
}

// @ts-ignore: decorator
@inline
function storeValue(to: usize, re: v128, im: v128, twiddle: usize, turned: bool): void {
  if (turned) storeTurned(to, re, im, twiddle);
  else {
    v128.store(to, re, 0);
    v128.store(to, im, 16);
  }
}

// @ts-ignore: decorator
@inline
function butterfly2(x: usize, far: usize, y: usize, next: usize, twiddle: usize, turned: bool): void {
  const ar = v128.load(x, 0), ai = v128.load(x, 16), br = v128.load(x + far, 0), bi = v128.load(x + far, 16);
  v128.store(y, f32x4.add(ar, br), 0);
  v128.store(y, f32x4.add(ai, bi), 16);
  storeValue(y + next, f32x4.sub(ar, br), f32x4.sub(ai, bi), twiddle, turned);
}

// @ts-ignore: decorator
@inline
function butterfly3(x: usize, far: usize, y: usize, next: usize, twiddle: usize, turned: bool, constants: usize): void {
  const sin = v128.load32_splat(constants, 0), half = v128.load32_splat(constants, 4);
  const ar = v128.load(x, 0), ai = v128.load(x, 16);
  const br = v128.load(x + far, 0), bi = v128.load(x + far, 16);
  const cr = v128.load(x + 2 * far, 0), ci = v128.load(x + 2 * far, 16);
  const tr = f32x4.add(br, cr), ti = f32x4.add(bi, ci);
  const dr = f32x4.mul(f32x4.sub(br, cr), sin), di = f32x4.mul(f32x4.sub(bi, ci), sin);
  const mr = f32x4.sub(ar, f32x4.mul(tr, half)), mi = f32x4.sub(ai, f32x4.mul(ti, half));
  v128.store(y, f32x4.add(ar, tr), 0);
  v128.store(y, f32x4.add(ai, ti), 16);
  storeValue(y + next, f32x4.add(mr, di), f32x4.sub(mi, dr), twiddle, turned);
  storeValue(y + 2 * next, f32x4.sub(mr, di), f32x4.add(mi, dr), twiddle + 8, turned);
}

// @ts-ignore: decorator
@inline
function butterfly4(x: usize, far: usize, y: usize, next: usize, twiddle: usize, turned: bool): void {
  const ar = v128.load(x, 0), ai = v128.load(x, 16);
  const cr = v128.load(x + 2 * far, 0), ci = v128.load(x + 2 * far, 16);
  const sr = f32x4.add(ar, cr), si = f32x4.add(ai, ci), dr = f32x4.sub(ar, cr), di = f32x4.sub(ai, ci);
  const br = v128.load(x + far, 0), bi = v128.load(x + far, 16);
  const er = v128.load(x + 3 * far, 0), ei = v128.load(x + 3 * far, 16);
  const tr = f32x4.add(br, er), ti = f32x4.add(bi, ei), ur = f32x4.sub(br, er), ui = f32x4.sub(bi, ei);
  v128.store(y, f32x4.add(sr, tr), 0);
  v128.store(y, f32x4.add(si, ti), 16);
  storeValue(y + next, f32x4.add(dr, ui), f32x4.sub(di, ur), twiddle, turned);
  storeValue(y + 2 * next, f32x4.sub(sr, tr), f32x4.sub(si, ti), twiddle + 8, turned);
  storeValue(y + 3 * next, f32x4.sub(dr, ui), f32x4.add(di, ur), twiddle + 16, turned);
}

// @ts-ignore: decorator
@inline
function butterfly5(x: usize, far: usize, y: usize, next: usize, twiddle: usize, turned: bool, constants: usize): void {
  const c1 = v128.load32_splat(constants, 8), c2 = v128.load32_splat(constants, 12);
  const s1 = v128.load32_splat(constants, 16), s2 = v128.load32_splat(constants, 20);
  const ar = v128.load(x, 0), ai = v128.load(x, 16);
  const br = v128.load(x + far, 0), bi = v128.load(x + far, 16);
  const er = v128.load(x + 4 * far, 0), ei = v128.load(x + 4 * far, 16);
  const tr = f32x4.add(br, er), ti = f32x4.add(bi, ei), ur = f32x4.sub(br, er), ui = f32x4.sub(bi, ei);
  const cr = v128.load(x + 2 * far, 0), ci = v128.load(x + 2 * far, 16);
  const dr = v128.load(x + 3 * far, 0), di = v128.load(x + 3 * far, 16);
  const vr = f32x4.add(cr, dr), vi = f32x4.add(ci, di), wr = f32x4.sub(cr, dr), wi = f32x4.sub(ci, di);
  v128.store(y, f32x4.add(ar, f32x4.add(tr, vr)), 0);
  v128.store(y, f32x4.add(ai, f32x4.add(ti, vi)), 16);
  let mr = f32x4.add(ar, f32x4.add(f32x4.mul(c1, tr), f32x4.mul(c2, vr)));
  let mi = f32x4.add(ai, f32x4.add(f32x4.mul(c1, ti), f32x4.mul(c2, vi)));
  let nr = f32x4.add(f32x4.mul(s1, ur), f32x4.mul(s2, wr)), ni = f32x4.add(f32x4.mul(s1, ui), f32x4.mul(s2, wi));
  storeValue(y + next, f32x4.add(mr, ni), f32x4.sub(mi, nr), twiddle, turned);
  storeValue(y + 4 * next, f32x4.sub(mr, ni), f32x4.add(mi, nr), twiddle + 24, turned);
  mr = f32x4.add(ar, f32x4.add(f32x4.mul(c2, tr), f32x4.mul(c1, vr)));
  mi = f32x4.add(ai, f32x4.add(f32x4.mul(c2, ti), f32x4.mul(c1, vi)));
  nr = f32x4.sub(f32x4.mul(s2, ur), f32x4.mul(s1, wr));
  ni = f32x4.sub(f32x4.mul(s2, ui), f32x4.mul(s1, wi));
  storeValue(y + 2 * next, f32x4.add(mr, ni), f32x4.sub(mi, nr), twiddle + 8, turned);
  storeValue(y + 3 * next, f32x4.sub(mr, ni), f32x4.add(mi, nr), twiddle + 16, turned);
}

/**
 * Half of a transform of six: of the sums, or the differences, of the numbers half a line apart, `order` from one place to the next
 * of three. Its values go to three places, each with its twiddle.
 */
// @ts-ignore: decorator
@inline
function halfButterfly6(
  x0: usize, x1: usize, x2: usize, x3: usize, x4: usize, x5: usize, sums: bool,
  y0: usize, y1: usize, y2: usize, t0: usize, t1: usize, t2: usize, turned0: bool, turned: bool, constants: usize,
): void {
  const sin = v128.load32_splat(constants, 0), half = v128.load32_splat(constants, 4);
  const ar = both(x0, x3, 0, sums), br = both(x2, x5, 0, sums), cr = both(x4, x1, 0, sums);
  const ai = both(x0, x3, 16, sums), bi = both(x2, x5, 16, sums), ci = both(x4, x1, 16, sums);
  const tr = f32x4.add(br, cr), ti = f32x4.add(bi, ci);
  const dr = f32x4.mul(f32x4.sub(br, cr), sin), di = f32x4.mul(f32x4.sub(bi, ci), sin);
  const mr = f32x4.sub(ar, f32x4.mul(tr, half)), mi = f32x4.sub(ai, f32x4.mul(ti, half));
  storeValue(y0, f32x4.add(ar, tr), f32x4.add(ai, ti), t0, turned0);
  storeValue(y1, f32x4.add(mr, di), f32x4.sub(mi, dr), t1, turned);
  storeValue(y2, f32x4.sub(mr, di), f32x4.add(mi, dr), t2, turned);
}

// @ts-ignore: decorator
@inline
function both(p: usize, q: usize, part: usize, sum: bool): v128 {
  return sum ? f32x4.add(v128.load(p + part), v128.load(q + part)) : f32x4.sub(v128.load(p + part), v128.load(q + part));
}

/** By two and three, which have no factor in common: nothing is turned between (Good and Thomas). */
// @ts-ignore: decorator
@inline
function butterfly6(x: usize, far: usize, y: usize, next: usize, w: usize, turned: bool, constants: usize): void {
  const x1 = x + far, x2 = x1 + far, x3 = x2 + far, x4 = x3 + far, x5 = x4 + far;
  const y2 = y + 2 * next, y4 = y2 + 2 * next;
  halfButterfly6(x, x1, x2, x3, x4, x5, true, y, y4, y2, 0, w + 24, w + 8, false, turned, constants);
  halfButterfly6(x, x1, x2, x3, x4, x5, false, y2 + next, y + next, y4 + next, w + 16, w, w + 32, turned, turned, constants);
}

// @ts-ignore: decorator
@inline
function butterfly(
  r: i32, x: usize, far: usize, y: usize, next: usize, twiddle: usize, turned: bool, constants: usize,
): void {
  if (r == 6) butterfly6(x, far, y, next, twiddle, turned, constants);
  else if (r == 2) butterfly2(x, far, y, next, twiddle, turned);
  else if (r == 3) butterfly3(x, far, y, next, twiddle, turned, constants);
  else if (r == 4) butterfly4(x, far, y, next, twiddle, turned);
  else butterfly5(x, far, y, next, twiddle, turned, constants);
}

/**
 * One pass: y[q + s(r·p + k)] = (Σ_l x[q + s(p + m·l)]·ω_r^{kl})·ω_{rm}^{pk} for p < m, q < s; `step`: s in bytes.
 */
// @ts-ignore: decorator
@inline
function pass(r: i32, x: usize, y: usize, m: i32, step: usize, twiddle: usize, constants: usize): void {
  const far = <usize>m * step, row = <usize>r * step;
  for (let q: usize = 0; q < step; q += 32) butterfly(r, x + q, far, y + q, step, twiddle, false, constants);
  for (let p = 1; p < m; p++) {
    x += step;
    y += row;
    twiddle += <usize>(r - 1) << 3;
    for (let q: usize = 0; q < step; q += 32) butterfly(r, x + q, far, y + q, step, twiddle, true, constants);
  }
}

/** The first pass where x holds `rows` numbers and zeros follow, which need not be there; `spare`: r numbers. */
// @ts-ignore: decorator
@inline
function firstPass(r: i32, x: usize, rows: i32, y: usize, m: i32, twiddle: usize, constants: usize, spare: usize): void {
  const far = <usize>m << 5, row = <usize>r << 5, zero = f32x4.splat(0);
  for (let p = 0; p < m; p++, x += 32, y += row) {
    const there = (rows - p + m - 1) / m;
    if (there >= r) butterfly(r, x, far, y, 32, twiddle, true, constants);
    else if (there > 1) {
      for (let l = 0; l < r; l++) {
        const to = spare + (<usize>l << 5), from = x + <usize>l * far;
        v128.store(to, l < there ? v128.load(from, 0) : zero, 0);
        v128.store(to, l < there ? v128.load(from, 16) : zero, 16);
      }
      butterfly(r, spare, 32, y, 32, twiddle, true, constants);
    } else {
      const re = p < rows ? v128.load(x, 0) : zero, im = p < rows ? v128.load(x, 16) : zero;
      v128.store(y, re, 0);
      v128.store(y, im, 16);
      for (let l: usize = 1; l < <usize>r; l++) storeTurned(y + (l << 5), re, im, twiddle + ((l - 1) << 3));
    }
    twiddle += <usize>(r - 1) << 3;
  }
}

/**
 * The transform of the `rows` complex numbers at `x`, which stay, and zeros up to n; a and b: n each. Returns where it is, a or b.
 */
export function fourierLine(x: usize, rows: i32, a: usize, b: usize, table: usize): usize {
  const passes = load<i32>(table, 4), constants = table + CONSTANTS;
  let m = load<i32>(table), step: usize = 32, twiddle = table + HEADER, y = a;
  const n = m;
  for (let i = 0; i < passes; i++) {
    const r = load<i32>(table + (<usize>i << 2), 8);
    m /= r;
    if (i == 0 && rows < n) {
      if (r == 6) firstPass(6, x, rows, y, m, twiddle, constants, b);
      else if (r == 4) firstPass(4, x, rows, y, m, twiddle, constants, b);
      else if (r == 3) firstPass(3, x, rows, y, m, twiddle, constants, b);
      else if (r == 5) firstPass(5, x, rows, y, m, twiddle, constants, b);
      else firstPass(2, x, rows, y, m, twiddle, constants, b);
    } else if (r == 6) pass(6, x, y, m, step, twiddle, constants);
    else if (r == 4) pass(4, x, y, m, step, twiddle, constants);
    else if (r == 3) pass(3, x, y, m, step, twiddle, constants);
    else if (r == 5) pass(5, x, y, m, step, twiddle, constants);
    else pass(2, x, y, m, step, twiddle, constants);
    twiddle += <usize>(m * (r - 1)) << 3;
    step *= <usize>r;
    x = y;
    y = y == a ? b : a;
  }
  return x;
}

/** Bytes of the three buffers of a line. */
// @ts-ignore: decorator
@inline
export function lineBytes(n: i32): usize {
  return (<usize>n << 5) + 64;
}

/** exp(−2πi·j/n), cosine and sine. */
// @ts-ignore: decorator
@inline
export function rootAt(table: usize, j: i32): usize {
  const n = load<i32>(table);
  return table + HEADER + (<usize>(n + j % n) << 3);
}
