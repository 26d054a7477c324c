import assert from "node:assert";
import {kernelReport, normalisedSum, useBackend} from "../../src/kernels/index.js";
import {normalisedSum as definition, type Term} from "../../src/layers/normalisedSum.js";
import {random, randomKey} from "../../src/random.js";
import {memory, type Tensor, tensor, type Tensor1D, valueAndGrads} from "../../src/tf.js";
import {assertClose} from "../assert.js";

type Case = {
  readonly inputs: Tensor[];
  readonly what: string;
  readonly parts: (inputs: Tensor[]) => [Term[], Tensor[]];
};

/** Random terms and addends, some the same at every timestep. */
function randomCase(seed: number): Case {
  const stream = random(randomKey(seed, "sum"));
  const pick = <V>(values: readonly V[]): V => values[Math.floor(stream.uniform() * values.length)]!;
  const normal = (shape: number[], mean = 0, deviation = 1): Tensor =>
    tensor(
      Float32Array.from({length: shape.reduce((n, d) => n * d, 1)}, () => mean + deviation * stream.normal()),
      shape,
    );
  const [T, B, C] = [pick([1, 2, 3, 5]), pick([1, 2, 3]), pick([1, 2, 4, 7, 16, 20, 32, 50])];
  const [H, W] = [pick([3, 5, 16]), pick([3, 4, 9])];
  const kinds = Array.from({length: pick([0, 1, 2, 3])}, () => pick(["own", "joint", "given"]));
  const repeated = Array.from({length: Math.max(kinds.length ? 0 : 1, pick([0, 1, 2, 3]))}, () => pick([true, false]));
  const terms = kinds.map((kind) => [
    normal([T * B, H, W, C], 2, 3),
    normal([C], 1, 0.5),
    normal([C]),
    ...(kind === "given" ? [normal([C]), normal([C], 3, 0.5)] : []),
  ]);
  const addends = repeated.map((once) => normal([once ? B : T * B, H, W, C]));
  return {
    inputs: [...terms.flat(), ...addends],
    what: `case ${seed}: ${JSON.stringify({T, B, H, W, C, kinds, repeated})}`,
    parts: (inputs) => {
      const left = [...inputs];
      const made = kinds.map((kind): Term => {
        const [y, gamma, beta] = left.splice(0, 3) as [Tensor, Tensor1D, Tensor1D];
        if (kind !== "given") return {y, gamma, beta, statistics: {groups: kind === "own" ? T : 1}};
        const [mean, variance] = left.splice(0, 2) as [Tensor1D, Tensor1D];
        return {y, gamma, beta, statistics: {mean, variance}};
      });
      return [made, left];
    },
  };
}

function run({inputs, parts}: Case, f: typeof normalisedSum): {outputs: Float32Array[]; gradients: Float32Array[]} {
  let outputs: Float32Array[] = [];
  const {value, grads} = valueAndGrads((...xs: Tensor[]) => {
    const {value: v, statistics} = f(...parts(xs));
    const seen = statistics.flatMap((s) => (s ? [s.mean, s.variance] : []));
    outputs = [v, ...seen].map((y) => y.dataSync() as Float32Array);
    const sines = tensor(
      Float32Array.from({length: v.size}, (_, i) => Math.sin(i + 1)),
      v.shape,
    );
    return v.mul(v.mul(0.1).add(sines)).sum();
  })(inputs);
  const gradients = grads.map((g) => g.dataSync() as Float32Array);
  for (const t of [value, ...grads]) t.dispose();
  return {outputs, gradients};
}

describe("kernels/normalisedSum", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  it("equals its definition in values, statistics and gradients, for random terms and addends", function () {
    this.timeout(60000);
    for (let seed = 0; seed < Number(process.env.CASES ?? 120); ++seed) {
      const example = randomCase(seed);
      const [actual, expected] = [run(example, normalisedSum), run(example, definition)];
      actual.outputs.forEach((y, i) =>
        assertClose(y, expected.outputs[i]!, {rtol: 2e-5, scale: "max", what: `output ${i}, ${example.what}`}),
      );
      actual.gradients.forEach((g, i) =>
        assertClose(g, expected.gradients[i]!, {rtol: 2e-4, scale: "max", what: `gradient ${i}, ${example.what}`}),
      );
      for (const t of example.inputs) t.dispose();
    }
  });

  it("leaves no tensors behind", () => {
    const example = randomCase(3);
    run(example, normalisedSum);
    const before = memory();
    for (let i = 0; i < 50; ++i) run(example, normalisedSum);
    assert.strictEqual(memory().numTensors, before.numTensors);
    assert.strictEqual(memory().numDataBuffers, before.numDataBuffers);
  });
});
