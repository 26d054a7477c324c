import assert from "node:assert";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {kernel, nativeKernel, useAddon} from "../../src/kernels/engine.js";
import {batchNormTrain, kernelReport, useBackend} from "../../src/kernels/index.js";
import {inputGradientSum, unwritten} from "../../src/kernels/inputGradient.js";
import {spikeConv, spikeConvFilterGradient} from "../../src/kernels/spikeConv.js";
import {spikeConvGradients} from "../../src/kernels/spikeConvGradients.js";
import {packSpikes} from "../../src/kernels/spikeTrain.js";
import {runCommand} from "../../src/native/command.js";
import {compilerArguments, findCompiler} from "../../src/native/installKernels.js";
import {type Addon, ADDON, kernelSources, loadAddon} from "../../src/native/kernelPlaces.js";
import {random, randomKey} from "../../src/random.js";
import {packageRoot} from "../../src/root.js";
import {
  matMul,
  memory,
  tensor,
  type Tensor,
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  valueAndGrads,
} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {bits, type Case, normal} from "./compare.js";

const tensors = (cases: readonly Case[string][]): Tensor[] => cases.map(({values, shape}) => tensor(values, shape));

describe("kernels in C", () => {
  let folder: string;
  let addon: Addon;
  before(async function () {
    this.timeout(120_000);
    await useBackend("wasm");
    const compiler = findCompiler();
    if (kernelReport().engine === "off" || !compiler || process.platform === "win32") return this.skip();
    folder = mkdtempSync(join(tmpdir(), "spikebook-"));
    await runCommand(compiler, compilerArguments(kernelSources(packageRoot), join(folder, ADDON)));
    addon = loadAddon(folder);
  });
  beforeEach(() => useBackend("wasm"));
  after(() => folder && rmSync(folder, {recursive: true}));

  /** What `run` makes with an addon or without. */
  function results(
    other: Addon | undefined,
    run: (...inputs: Tensor[]) => Tensor[],
    cases: Case[string][],
  ): Float32Array[] {
    const undo = useAddon(other);
    try {
      return tidy(() => run(...tensors(cases)).map((x) => x.dataSync() as Float32Array));
    } finally {
      undo();
    }
  }

  /** Both give the same values within float32's accuracy for their sums. */
  function agree(what: string, run: (...inputs: Tensor[]) => Tensor[], cases: Case[string][], rtol = 1e-5): void {
    const expected = results(undefined, run, cases);
    const found = results(addon, run, cases);
    assert.strictEqual(found.length, expected.length);
    found.forEach((x, i) => assertClose(x, expected[i]!, {rtol, scale: "max", what: `${what}, result ${i}`}));
  }

  it("convolve spikes as the wasm kernels do, statistics and means over windows included", () => {
    const next = random(randomKey(11));
    const pick = (...values: number[]): number => next.choice(values);
    for (let i = 0; i < 60; ++i) {
      const [k, H, W] = [pick(1, 3, 5, 7, 9), pick(1, 2, 5, 8, 17), pick(1, 3, 4, 16, 19)];
      const [Ci, Co] = [pick(1, 3, 16, 17, 31, 32, 33, 64, 70), pick(1, 8, 15, 16, 17, 48, 70)];
      const [stride, groups] = [pick(1, 2) as 1 | 2, pick(0, 1, 2)];
      const pool = Math.min(H, W) >= 4 ? pick(1, 2) : 1;
      const density = pick(0, 0.02, 0.2, 1);
      agree(
        `[4, ${H}, ${W}, ${Ci}] k=${k} Co=${Co} stride ${stride} pool ${pool} density ${density}`,
        (spikes, w) => {
          const {y, statistics} = spikeConv(packSpikes({spikes: spikes}), w, {stride, groups, pool});
          return statistics ? [y, statistics.mean, statistics.variance] : [y];
        },
        [bits([4, H, W, Ci], density), normal([k, k, Ci, Co])],
      );
    }
  });

  it("give the gradients of convolutions as the wasm kernels do, of one filter and of several", () => {
    const next = random(randomKey(12));
    const pick = (...values: number[]): number => next.choice(values);
    for (let i = 0; i < 60; ++i) {
      const [H, W, Ci] = [pick(1, 4, 7, 16), pick(1, 5, 8, 18), pick(1, 4, 16, 19, 33)];
      const ks = Array.from({length: pick(1, 2, 3)}, () => pick(1, 3, 5, 7, 9, 11));
      const Cos = ks.map(() => pick(1, 7, 8, 16, 20, 35));
      agree(
        `[3, ${H}, ${W}, ${Ci}] k=${ks.join()} Co=${Cos.join()}`,
        (spikes, ...rest) => {
          const train = packSpikes({spikes: spikes});
          const edges = ks.map((_, e) => ({w: rest[2 * e] as Tensor4D, dy: rest[2 * e + 1] as Tensor4D}));
          const ds = unwritten(spikes.shape);
          const dws = spikeConvGradients(train, edges, 1, {to: ds, from: 0, add: false});
          const dw = spikeConvFilterGradient(train, edges[0]!.dy, ks[0]!, 1);
          return [ds, ...dws, dw, inputGradientSum(edges, spikes.shape, 1)];
        },
        [bits([3, H, W, Ci], 0.2), ...ks.flatMap((k, e) => [normal([k, k, Ci, Cos[e]!]), normal([3, H, W, Cos[e]!])])],
        1e-4,
      );
    }
  });

  it("convolve large kernels on larger maps as the wasm kernels do", () => {
    agree(
      "k=7",
      (spikes, w, dy) => {
        const ds = unwritten(spikes.shape);
        const edges = [{w, dy} as {w: Tensor4D; dy: Tensor4D}];
        const dws = spikeConvGradients(packSpikes({spikes: spikes}), edges, 1, {to: ds, from: 0, add: false});
        return [ds, ...dws];
      },
      [bits([5, 32, 32, 24], 0.1), normal([7, 7, 24, 20]), normal([5, 32, 32, 20])],
      1e-4,
    );
  });

  it("normalise batches as the wasm kernels do, gradients included", () => {
    for (const C of [1, 5, 16, 24, 33])
      for (const N of [3, 7, 200]) {
        const f = (x: Tensor, gamma: Tensor, beta: Tensor): Tensor =>
          batchNormTrain(x as Tensor3D, gamma as Tensor1D, beta as Tensor1D).y;
        agree(
          `[2, ${N}, ${C}]`,
          (x, gamma, beta, c) => {
            const {value, grads} = valueAndGrads((...args: Tensor[]) => f(args[0]!, args[1]!, args[2]!).mul(c).sum())([
              x,
              gamma,
              beta,
            ]);
            return [value, f(x, gamma, beta), ...grads];
          },
          [normal([2, N, C], 3), normal([C]), normal([C]), normal([2, N, C])],
          1e-4,
        );
      }
  });

  it("multiply matrices as the wasm kernel does, transposed or not, of any size", () => {
    for (const [M, K, N] of [
      [64, 64, 64],
      [37, 100, 40],
      [5, 2000, 8],
      [20, 70, 10],
      [100, 33, 24],
    ] as const)
      for (const [a, b] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const)
        agree(`[${M}, ${K}] x [${K}, ${N}], ${a}, ${b}`, (x, y) => [matMul(x, y, a, b)], [
          normal(a ? [K, M] : [M, K]),
          normal(b ? [N, K] : [K, N]),
        ]);
  });

  it("refuse tensors that lie outside the memory, and other numbers of arguments", () => {
    const undo = useAddon(addon);
    const inC = nativeKernel("matMul")!;
    assert.throws(() => inC(-64, 64, 64, 64, 64, 64, 0, 0, 0), /outside the memory/);
    assert.throws(() => inC(64, 64), /a memory and its numbers/);
    undo();
  });

  it("stand in for the compiled kernels of their names alone where they take the same arguments", () => {
    const undo = useAddon({...addon, winograd: Object.assign(() => 7, {numbers: 3}) as unknown as Addon[string]});
    assert.strictEqual(kernelReport().engine, "native");
    assert.strictEqual(nativeKernel("winograd"), undefined);
    assert.strictEqual(kernel("winograd").length, 12);
    undo();
  });

  it("leave no tensors behind", () => {
    const before = memory().numTensors;
    agree("a product", (x, y) => [matMul(x, y)], [normal([64, 64]), normal([64, 64])]);
    assert.strictEqual(memory().numTensors, before);
  });
});
