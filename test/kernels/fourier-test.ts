import assert from "node:assert";
import {address, engineOn, floats, kernel, output, outputBits, withScratch} from "../../src/kernels/engine.js";
import {fourierForward, fourierGradients} from "../../src/kernels/fourier.js";
import {fourierMemory, planOf} from "../../src/kernels/fourierPlan.js";
import {fourierLength, radicesOf, tableBytes, writeTable} from "../../src/kernels/fourierTable.js";
import {useBackend} from "../../src/kernels/index.js";
import {random, randomKey} from "../../src/random.js";
import {backend, tensor, type TensorInfo} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {bits as spikes, type Case, normal} from "./compare.js";

type Shape = readonly [N: number, H: number, W: number, C: number];

/** The error of float32 with the transforms' length, measured at 1e-6 of a map's largest value; the tolerance is ten times that. */
const CLOSE = {rtol: 1e-5, atol: 1e-5, scale: "max"} as const;

/** Calls `use` for every term x[n, h', v', c]·w[a, b, c, o] of y[n, h, v, o], by its indices in x, w and y. */
function terms([N, H, W, Ci]: Shape, k: number, Co: number, use: (x: number, w: number, y: number) => void): void {
  const side = k >> 1;
  for (let n = 0; n < N; ++n)
    for (let h = 0; h < H; ++h)
      for (let v = 0; v < W; ++v)
        for (let a = Math.max(0, side - h); a < Math.min(k, H + side - h); ++a)
          for (let b = Math.max(0, side - v); b < Math.min(k, W + side - v); ++b)
            for (let c = 0; c < Ci; ++c) {
              const x = ((n * H + h + a - side) * W + v + b - side) * Ci + c;
              const [w, y] = [((a * k + b) * Ci + c) * Co, ((n * H + h) * W + v) * Co];
              for (let o = 0; o < Co; ++o) use(x, w + o, y + o);
            }
}

/** Runs `use` on the addresses of tensors of these values, which are freed, and returns the outputs it fills, as plain values. */
function run(
  inputs: readonly Case[string][],
  outputs: readonly number[][],
  use: (inputs: number[], outputs: number[]) => void,
): Float32Array[] {
  const held = inputs.map(({values, shape}) => tensor(values, shape));
  const made = outputs.map((shape) => output(shape));
  use(held.map(address), made.map(address));
  const values = made.map((info, i) =>
    floats(
      address(info),
      outputs[i]!.reduce((a, b) => a * b, 1),
    ).slice(),
  );
  held.forEach((t) => t.dispose());
  made.forEach(release);
  return values;
}

const release = (info: TensorInfo): void =>
  void (backend() as unknown as {disposeData(id: object): void}).disposeData(info.dataId);

/** The address of x's bits, for `use`. */
function withBits(x: number, [N, H, W, C]: Shape, use: (bits: number) => void): void {
  const packed = outputBits([N, H, W, Math.ceil(C / 32)]);
  kernel("packSpikes")(x, address(packed), N * H * W, C);
  use(address(packed));
  release(packed);
}

/** Every scratch buffer of `use` with guards on both sides, which must stay. */
function guarded<R>(use: () => R): R {
  const {wasm} = backend() as unknown as {wasm: {_malloc(bytes: number): number; _free(at: number): void}};
  const {_malloc, _free} = wasm;
  const sizes = new Map<number, number>();
  const GUARD = 64;
  wasm._malloc = (bytes) => {
    const at = _malloc(bytes + 2 * GUARD) >>> 0;
    for (const edge of [at, at + GUARD + (bytes & ~3)]) floats(edge, GUARD / 4).fill(123);
    sizes.set(at + GUARD, bytes);
    return at + GUARD;
  };
  wasm._free = (at) => {
    const bytes = sizes.get(at);
    if (bytes === undefined) return _free(at);
    const start = at - GUARD;
    for (const edge of [start, at + (bytes & ~3)])
      assert.ok(floats(edge, GUARD / 4).every((value) => value === 123), "a workspace was overrun"); // prettier-ignore
    _free(start);
  };
  try {
    return use();
  } finally {
    [wasm._malloc, wasm._free] = [_malloc, _free];
  }
}

/** dx and dws of edges (k, Co) that read spikes of `shape`, against the equations. */
function gradientsAgree(shape: Shape, edges: readonly (readonly [k: number, Co: number])[], density = 0.3): void {
  const [N, H, W, Ci] = shape;
  const x = spikes([...shape], density);
  const plain = edges.map(([k, Co]) => ({k, Co, dy: normal([N, H, W, Co]), w: normal([k, k, Ci, Co])}));
  const dx = new Float64Array(x.values.length);
  const dws = plain.map(({w}) => new Float64Array(w.values.length));
  plain.forEach(({k, Co, dy, w}, e) =>
    terms(shape, k, Co, (i, j, o) => {
      dx[i]! += w.values[j]! * dy.values[o]!;
      dws[e]![j]! += x.values[i]! * dy.values[o]!;
    }),
  );
  const inputs = [x, ...plain.flatMap(({dy, w}) => [dy, w])];
  const shapes = [[...shape], ...plain.map(({w}) => w.shape)];
  const found = run(inputs, shapes, ([at, ...pairs], [to, ...gradients]) =>
    withBits(at!, shape, (bits) => {
      const placed = plain.map(({k, Co}, e) => ({k, Co, dy: pairs[2 * e]!, w: pairs[2 * e + 1]!, dw: gradients[e]!}));
      guarded(() => fourierGradients(placed, {images: N, H, W, Ci}, {dx: to!, spikes: bits}));
    }),
  );
  const what = `[${shape.join()}], k and Cout ${edges.join("; ")}`;
  assertClose(found[0]!, dx, {...CLOSE, what: `dx of ${what}`});
  dws.forEach((dw, e) => assertClose(found[e + 1]!, dw, {...CLOSE, what: `dw ${e} of ${what}`}));
}

/** y of spikes or of values against the equation. */
function forwardAgrees(shape: Shape, k: number, Co: number, dense: boolean): void {
  const [N, H, W, Ci] = shape;
  const [x, w] = [dense ? normal([...shape]) : spikes([...shape], 0.3), normal([k, k, Ci, Co])];
  const expected = new Float64Array(N * H * W * Co);
  terms(shape, k, Co, (i, j, o) => (expected[o]! += x.values[i]! * w.values[j]!));
  const [y] = run([x, w], [[N, H, W, Co]], ([from, filter], [to]) =>
    withBits(from!, shape, (bits) =>
      guarded(() =>
        fourierForward(
          {x: dense ? from! : bits, bits: !dense, w: filter!, y: to!},
          {images: N, H, W, k, Ci, Co},
          {statistics: [0, 0, 0, 0], pool: 1, whole: 0},
        ),
      ),
    ),
  );
  assertClose(y!, expected, {...CLOSE, what: `y of [${shape.join()}], k=${k}, Cout=${Co}`});
}

describe("kernels/fourier", () => {
  before(async function () {
    await useBackend("wasm");
    if (!engineOn()) this.skip();
  });

  it("transforms lines of every length as the sum says", () => {
    for (let n = 2; n <= 150; n += 2) {
      if (!radicesOf(n)) continue;
      const x = normal([n * 8]).values;
      const rows = n % 4 ? n : Math.ceil((n * (1 + (n % 9))) / 9); // zeros follow, which are not read
      const table = tableBytes(n);
      const found = withScratch(table + 3 * 32 * n, (at) => {
        writeTable(at, n);
        const line = at + table;
        floats(line, 8 * n).set(x);
        return floats(kernel("fourierLine")(line, rows, line + 32 * n, line + 64 * n, at), 8 * n).slice();
      });
      const expected = Float64Array.from({length: 8 * n}, (_, place) => {
        const [j, part, lane] = [place >> 3, (place >> 2) & 1, place & 3];
        let sum = 0;
        for (let i = 0; i < rows; ++i) {
          const angle = (-2 * Math.PI * i * j) / n;
          const [re, im] = [x[8 * i + lane]!, x[8 * i + 4 + lane]!];
          sum += part ? re * Math.sin(angle) + im * Math.cos(angle) : re * Math.cos(angle) - im * Math.sin(angle);
        }
        return sum;
      });
      assertClose(found, expected, {rtol: 1e-6, scale: "max", what: `n=${n}`});
    }
  });

  it("has lengths of factors 2, 3 and 5", () => {
    assert.deepStrictEqual([1, 19, 20, 35, 37, 41, 67].map(fourierLength), [2, 20, 20, 36, 40, 48, 72]);
    assert.strictEqual(radicesOf(14), undefined);
  });

  it("equals the equations of both gradients for kernel sizes 3 to 13, on maps smaller than a filter and on odd ones", () => {
    for (const k of [3, 5, 7, 9, 11, 13])
      for (const [N, H, W] of [[1, 1, 1], [2, 2, 3], [3, 7, 7], [2, 15, 9], [1, 16, 16], [2, 5, 33]] as const) // prettier-ignore
        gradientsAgree([N, H, W, 4], [[k, 5]]);
  });

  it("equals them for any numbers of channels", () => {
    for (const [Ci, Co] of [[1, 1], [3, 20], [20, 3], [33, 16], [17, 35], [8, 64], [5, 7]] as const) // prettier-ignore
      for (const k of [5, 7]) gradientsAgree([2, 8, 6, Ci], [[k, Co]]);
  });

  it("sums edges of several kernel sizes and channels", () => {
    gradientsAgree([3, 9, 8, 12], [[7, 16], [3, 5], [11, 24], [7, 1]]); // prettier-ignore
  });

  it("equals them on random shapes and densities", () => {
    const from = random(randomKey(11));
    const pick = (n: number): number => 1 + from.integer(n);
    for (let i = 0; i < 20; ++i) {
      const edges = Array.from({length: pick(3)}, () => [2 * pick(5) + 1, pick(24)] as const);
      gradientsAgree([pick(5), pick(16), pick(16), pick(20)], edges, i / 20);
    }
  });

  it("equals them where blocks do not divide the images, and a run holds one edge", () => {
    const usual = {...fourierMemory};
    Object.assign(fourierMemory, {workspace: 0, filters: 0});
    try {
      const maps = {images: 41, H: 6, W: 5, filterGradients: true, spikes: false};
      assert.strictEqual(planOf([{k: 7, R: 8, S: 4}], maps).block, 16);
      gradientsAgree([41, 6, 5, 4], [[7, 8], [5, 3], [7, 12]]); // prettier-ignore
      forwardAgrees([41, 6, 5, 4], 7, 8, false);
    } finally {
      Object.assign(fourierMemory, usual);
    }
  });

  it("convolves spikes and values", () => {
    for (const k of [3, 5, 7, 9, 11])
      for (const shape of [[1, 1, 1, 3], [3, 7, 5, 17], [2, 8, 8, 33], [2, 9, 20, 8]] as const) // prettier-ignore
        for (const dense of [true, false]) forwardAgrees(shape, k, k + 4, dense);
  });

  it("takes a group's mean and variance and averages over windows on the way", () => {
    const [N, H, W, C, Co] = [4, 7, 6, 5, 6];
    const [x, w] = [normal([N, H, W, C]), normal([7, 7, C, Co])];
    const forward = (pool: number, groups: number): Float32Array[] =>
      run(
        [x, w],
        [[N, Math.floor(H / pool), Math.floor(W / pool), Co], [2, Co], [2, Co], [5, Co], [H, W, Co]], // prettier-ignore
        ([from, filter], [y, mean, variance, sums, whole]) =>
          fourierForward(
            {x: from!, bits: false, w: filter!, y: y!},
            {images: N, H, W, k: 7, Ci: C, Co},
            {statistics: [groups && N / groups, mean!, variance!, sums!], pool, whole: whole!},
          ),
      );
    const [map] = forward(1, 0);
    const [pooled, mean, variance] = forward(2, 2);
    const at = (n: number, h: number, v: number, o: number): number => map![((n * H + h) * W + v) * Co + o]!;
    const means = Array.from(pooled!, (_, i) => {
      const [o, v, h, n] = [i % Co, Math.floor(i / Co) % 3, Math.floor(i / Co / 3) % 3, Math.floor(i / Co / 9)];
      return [0, 1, 2, 3].reduce((sum, p) => sum + at(n, 2 * h + (p >> 1), 2 * v + (p & 1), o) / 4, 0);
    });
    assertClose(pooled!, means, {rtol: 1e-5, scale: "max"});
    for (let g = 0; g < 2; ++g)
      for (let o = 0; o < Co; ++o) {
        const values = Array.from({length: 2 * H * W}, (_, i) => map![(g * 2 * H * W + i) * Co + o]!);
        const mu = values.reduce((a, b) => a + b) / values.length;
        assertClose(mean![g * Co + o]!, mu, {rtol: 1e-4, atol: 1e-4});
        const sigma2 = values.reduce((a, b) => a + (b - mu) ** 2, 0) / values.length;
        assertClose(variance![g * Co + o]!, sigma2, {rtol: 1e-4});
      }
  });

  it("gives an image the same values in any batch", () => {
    const [whole, one] = [normal([5, 9, 9, 6]), normal([1, 9, 9, 6])];
    one.values.set(whole.values.subarray(3 * one.values.length, 4 * one.values.length));
    const w = normal([7, 7, 6, 6]);
    const [all, alone] = [whole, one].map(
      (dy) =>
        run([dy, w], [dy.shape], ([at, filter], [to]) =>
          fourierGradients([{dy: at!, w: filter!, k: 7, Co: 6}], {images: dy.shape[0]!, H: 9, W: 9, Ci: 6}, {dx: to!}),
        )[0]!,
    );
    assert.deepStrictEqual(all!.subarray(3 * alone!.length, 4 * alone!.length), alone);
  });
});
