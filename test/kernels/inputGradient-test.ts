import assert from "node:assert";
import {DIRECT_SIZES, withConvolutions} from "../../src/kernels/convolutions.js";
import {address, output} from "../../src/kernels/engine.js";
import {kernelReport, useBackend} from "../../src/kernels/index.js";
import {type Edge, inputGradientSum} from "../../src/kernels/inputGradient.js";
import {conv2d as convolution} from "../../src/layers/conv2d.js";
import {random, randomKey} from "../../src/random.js";
import {engine, grad, memory, ones, tensor, type Tensor, type Tensor4D, tidy} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {type Case, normal} from "./compare.js";

type Shape = [number, number, number, number];
type PlainEdge = {readonly dy: Case[string]; readonly w: Case[string]};

/** dx by its equation, term by term, in float64. */
function byDefinition(edges: readonly PlainEdge[], [N, H, W, Ci]: Shape, stride: number): Float64Array {
  const dx = new Float64Array(N * H * W * Ci);
  for (const {dy, w} of edges) {
    const [, OH, OW, Co] = dy.shape as Shape;
    const k = w.shape[0]!;
    for (let n = 0; n < N; ++n)
      for (let i = 0; i < OH; ++i)
        for (let j = 0; j < OW; ++j)
          for (let a = 0; a < k; ++a)
            for (let b = 0; b < k; ++b) {
              const [h, v] = [stride * i + a - (k >> 1), stride * j + b - (k >> 1)];
              if (h < 0 || h >= H || v < 0 || v >= W) continue;
              for (let c = 0; c < Ci; ++c) {
                let sum = 0;
                for (let o = 0; o < Co; ++o)
                  sum += dy.values[((n * OH + i) * OW + j) * Co + o]! * w.values[((a * k + b) * Ci + c) * Co + o]!;
                dx[((n * H + h) * W + v) * Ci + c]! += sum;
              }
            }
  }
  return dx;
}

const plain = ([N, H, W, Ci]: Shape, k: number, Co: number, stride: number): PlainEdge => ({
  dy: normal([N, Math.ceil(H / stride), Math.ceil(W / stride), Co]),
  w: normal([k, k, Ci, Co]),
});

const upload = ({values, shape}: Case[string]): Tensor4D => tensor(values, shape as Shape);

/** Edges as tensors for `use`, freed afterwards. */
function withEdges<R>(edges: readonly PlainEdge[], use: (tensors: Edge[]) => R): R {
  const tensors = edges.map(({dy, w}) => ({dy: upload(dy), w: upload(w)}));
  const result = use(tensors);
  for (const {dy, w} of tensors) [dy, w].forEach((t) => t.dispose());
  return result;
}

/** Both ways, the rule's choice and the kernels alone, against the equation. */
function agree(shape: Shape, ks: readonly number[], Cos: readonly number[], stride: 1 | 2 = 1): void {
  const edges = ks.map((k, i) => plain(shape, k, Cos[i % Cos.length]!, stride));
  const expected = byDefinition(edges, shape, stride);
  const what = `dx [${shape.join()}], k=${ks.join()}, Cout=${Cos.join()}, stride ${stride}`;
  const bound = {rtol: 1e-4, scale: "max", what} as const;
  withEdges(edges, (tensors) => {
    const dx = inputGradientSum(tensors, shape, stride);
    assert.deepStrictEqual(dx.shape, shape);
    assertClose(dx.dataSync(), expected, bound);
    dx.dispose();
    if (stride === 1 && ks.every((k) => DIRECT_SIZES.includes(k)))
      assertClose(byKernels(tensors, shape), expected, {...bound, what: `${what}, by the kernels`});
  });
}

/** `withConvolutions` alone, a range of images after the other. */
function byKernels(edges: readonly Edge[], shape: Shape): Float32Array {
  const [images, H, W] = shape;
  const filters = edges.map(({w}) => ({w: address(w), k: w.shape[0], Ci: w.shape[2], Co: w.shape[3]}));
  const dx = engine().makeTensorFromTensorInfo(output(shape));
  withConvolutions(filters, {H, W, images, rotated: true}, (run) => {
    const dys = edges.map(({dy}) => address(dy));
    for (const [from, to] of [[0, 1], [1, images]] as const) run(dys, address(dx), from, to); // prettier-ignore
  });
  const values = dx.dataSync() as Float32Array;
  dx.dispose();
  return values;
}

describe("kernels/inputGradient", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });
  beforeEach(() => useBackend("wasm"));

  it("equals the equation for kernel sizes 1 to 11, on maps smaller than a tile and on odd ones", () => {
    for (const k of [1, 3, 5, 7, 9, 11])
      for (const [N, H, W] of [[1, 1, 1], [1, 2, 3], [3, 7, 7], [2, 15, 9], [1, 16, 16], [2, 5, 33]] as const) // prettier-ignore
        agree([N, H, W, 4], [k], [5]);
  });

  it("equals the equation for any numbers of channels", () => {
    for (const k of [1, 3, 5, 7])
      for (const [Ci, Co] of [[1, 1], [3, 20], [20, 3], [33, 16], [16, 33], [8, 64], [40, 7]] as const) // prettier-ignore
        agree([2, 8, 6, Ci], [k], [Co]);
  });

  it("sums edges of one and of several kernel sizes and channel counts", () => {
    agree([2, 9, 8, 16], [3, 3, 3], [16, 16, 16]);
    agree([2, 9, 8, 12], [3, 1, 3, 5, 1, 7, 9], [16, 5, 6]);
    agree([3, 16, 16, 8], [1, 1], [8, 3]);
  });

  it("equals the equation on random shapes, also with stride 2", () => {
    const from = random(randomKey(7));
    const pick = (n: number): number => 1 + from.integer(n);
    for (let i = 0; i < 12; ++i) {
      const shape: Shape = [pick(3), pick(20), pick(20), pick(24)];
      agree(shape, [2 * pick(5) - 1], [pick(24)], i % 2 ? 1 : 2);
    }
    agree([4, 12, 12, 16], [3, 1], [16], 2);
  });

  it("equals tfjs's own gradient of the convolution", async () => {
    const shape: Shape = [2, 10, 11, 8];
    const edges = [plain(shape, 3, 12, 1)];
    await useBackend("cpu");
    const expected = withEdges(edges, ([edge]) =>
      tidy(() => {
        const loss = (x: Tensor): Tensor =>
          convolution(x as Tensor4D, edge!.w)
            .mul(edge!.dy)
            .sum();
        return grad(loss)(ones(shape)).dataSync();
      }),
    );
    await useBackend("wasm");
    assertClose(
      withEdges(edges, (tensors) => byKernels(tensors, shape)),
      expected,
      {rtol: 2e-5, scale: "max"},
    );
  });

  it("has the slope of finite differences", () => {
    const shape: Shape = [1, 8, 8, 8];
    const edges = [3, 5].map((k) => plain(shape, k, 8, 1));
    const x = normal(shape);
    withEdges(edges, (tensors) => {
      const dx = byKernels(tensors, shape);
      // The loss is linear in x: any step gives its slope.
      const loss = (values: Float32Array): number =>
        tidy(() => {
          const input = tensor(values, shape);
          return tensors.reduce(
            (sum, {dy, w}) =>
              sum +
              convolution(input as Tensor4D, w)
                .mul(dy)
                .sum()
                .dataSync()[0]!,
            0,
          );
        });
      for (const i of [0, 77, 300, 511]) {
        const [up, down] = [x.values.slice(), x.values.slice()];
        up[i]! += 10;
        down[i]! -= 10;
        assertClose((loss(up) - loss(down)) / 20, dx[i]!, {rtol: 1e-2, atol: 1e-2});
      }
    });
  });

  it("convolves forwards as well, with the filter as it is", () => {
    for (const k of [1, 3, 5]) {
      const [x, w] = [upload(normal([2, 9, 8, 6])), upload(normal([k, k, 6, 11]))];
      const [y, expected] = [engine().makeTensorFromTensorInfo(output([2, 9, 8, 11])), convolution(x, w)];
      withConvolutions([{w: address(w), k, Ci: 6, Co: 11}], {H: 9, W: 8, images: 2, rotated: false}, (run) =>
        run([address(x)], address(y), 0, 2),
      );
      assertClose(y.dataSync(), expected.dataSync(), {rtol: 1e-4, scale: "max", what: `k=${k}`});
      for (const t of [x, w, y, expected]) t.dispose();
    }
  });

  it("survives the growth of memory during a call and leaves no tensors behind", () => {
    const {numTensors} = memory();
    const shape: Shape = [160, 32, 32, 32]; // 21 MB in, as much out
    const [dy, w] = [ones(shape) as Tensor4D, ones([3, 3, 32, 32]) as Tensor4D];
    const dx = inputGradientSum([{dy, w}], shape, 1);
    const at = (h: number, v: number): number => tidy(() => dx.slice([159, h, v, 31], [1, 1, 1, 1]).dataSync()[0]!);
    assertClose(at(5, 5), 9 * 32);
    assertClose(at(0, 31), 4 * 32);
    for (const t of [dy, w, dx]) t.dispose();
    assert.strictEqual(memory().numTensors, numTensors);
  });
});
