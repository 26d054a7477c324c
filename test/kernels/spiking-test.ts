import assert from "node:assert";
import {type NeuronModel, neuronOf, SNASNET_NEURON, SURROGATE_DEFAULTS} from "../../src/graphs/neuron.js";
import {type Consumer, kernelReport, spiking, type SpikingLayer, useBackend} from "../../src/kernels/index.js";
import {rematerialisation} from "../../src/kernels/rematerialise.js";
import {spiking as definition} from "../../src/layers/spiking.js";
import {random, randomKey} from "../../src/random.js";
import {
  memory,
  moments,
  randomNormal,
  type Rank,
  scalar,
  type Scalar,
  type Tensor,
  tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
  valueAndGrads,
} from "../../src/tf.js";
import {assertClose} from "../assert.js";

type Case = {
  /** x, then γ, β and perhaps a mean and variance, then w, then filters. */
  readonly inputs: Tensor[];
  readonly layer: (inputs: Tensor[]) => SpikingLayer;
  readonly what: string;
};

const SURROGATE_SPECS = Object.values(SURROGATE_DEFAULTS);

/** The models that the kernels run; three of four cases are theirs. */
const COMPILED: readonly NeuronModel[] = ["lif", "strictLif", "if", "plif"];

/** A random layer: any neuron of these models, normalisation, shape and consumers. */
function randomCase(seed: number, models = COMPILED): Case {
  const stream = random(randomKey(seed, "spiking"));
  const pick = <V>(values: readonly V[]): V => values[Math.floor(stream.uniform() * values.length)]!;
  const normal = (shape: number[], mean = 0, deviation = 1): Tensor =>
    tensor(
      Float32Array.from({length: shape.reduce((n, d) => n * d, 1)}, () => mean + deviation * stream.normal()),
      shape,
    );
  const model = pick(models);
  const spec = neuronOf(model, {
    tau: pick([4 / 3, 2, 5]),
    threshold: pick([1, 0.6]),
    reset: pick(["hard", "soft"]),
    decayInput: pick([true, false]),
    detachReset: pick([true, false]),
    surrogate: pick(SURROGATE_SPECS),
  });
  const T = pick([1, 2, 3, 4, 5, 6]);
  const constant = T > 1 && pick([true, false]);
  const B = pick([1, 2]);
  const map = pick([true, true, true, false]);
  const C = pick([1, 3, 4, 8, 13, 16, 20, 24, 32, 33, 40, 64]);
  const [H, W] = [pick([1, 2, 4, 5, 7]), pick([1, 3, 4, 6])];
  const rows = (constant ? 1 : T) * B;
  const x = normal(map ? [rows, H, W, C] : [rows, C], pick([-6, 0, 0.5, 0.5, 1, 9]), pick([1, 1, 2]));
  const wanted = pick(["none", "own", "joint", "given"]);
  // Few rows have a variance near 0, and gradients that are differences of equal numbers.
  const norm = wanted === "none" || x.size / C / T >= 8 ? wanted : "given";
  const scale = norm === "none" ? [] : [normal([C], 1, 0.4), normal([C], 0.7, 0.5)];
  if (norm === "given") scale.push(normal([C]), normal([C], 2, 0.3));
  const learns = spec.model === "plif" && pick([true, false]);
  const consumers = map
    ? Array.from({length: pick([1, 2, 3])}, () => {
        const [k, stride, p] = [pick([1, 3, 3, 5, 7, 9]), pick([1, 1, 2] as const), pick([1, 2, 3])];
        if (stream.uniform() < 0.2 && p <= Math.min(H, W)) return {p};
        return {w: normal([k, k, C, pick([1, 5, 8, 16, 19, 32, 48])], 0, 0.3), stride, groups: pick([0, 1, T])};
      })
    : [{p: 1}];
  const rates = random(randomKey(seed, "rates")).uniform();
  const rate: Consumer[] = rates < 0.4 ? [{kind: "rate", T}] : [];
  if (rates < 0.1) consumers.length = 0;
  const filters = consumers.flatMap((consumer) => (consumer.w ? [consumer.w] : []));
  const w = learns ? [scalar(stream.normal())] : [];
  return {
    inputs: [x, ...scale, ...w, ...filters],
    what: `case ${seed}: ${JSON.stringify({...spec, T, constant, norm, x: x.shape, consumers: consumers.map((r) => r.w?.shape ?? r.p), rates: rate.length})}`,
    layer: ([current, ...others]) => {
      const [gamma, beta, mean, variance] = others.splice(0, scale.length) as Tensor1D[];
      const tau = learns ? others.shift() : undefined;
      return {
        ...{x: current!, spec, T, constant, learnt: tau && {w: tau as Scalar}},
        norm:
          norm === "none"
            ? undefined
            : {
                gamma: gamma!,
                beta: beta!,
                statistics:
                  norm === "given" ? {mean: mean!, variance: variance!} : {groups: norm === "own" && !constant ? T : 1},
              },
        consumers: [
          ...consumers.map(
            (consumer): Consumer =>
              consumer.w ? {...consumer, kind: "conv", w: others.shift() as Tensor4D} : {kind: "pool", p: consumer.p},
          ),
          ...rate,
        ],
      };
    },
  };
}

/** Runs a case by the kernels and by the definition. */
function assertEqualsDefinition(example: Case): void {
  const [actual, expected] = [run(example, spiking), run(example, definition)];
  actual.outputs.forEach((y, i) =>
    assertClose(y, expected.outputs[i]!, {rtol: 3e-5, scale: "max", what: `output ${i}, ${example.what}`}),
  );
  actual.gradients.forEach((g, i) =>
    assertClose(g, expected.gradients[i]!, {
      rtol: 2e-4,
      atol: 1e-4,
      scale: "max",
      what: `gradient ${i}, ${example.what}`,
    }),
  );
  for (const t of example.inputs) t.dispose();
}

/** Outputs, statistics and gradients of one case. */
function run({inputs, layer}: Case, f: typeof spiking): {outputs: Float32Array[]; gradients: Float32Array[]} {
  let outputs: Float32Array[] = [];
  const {value, grads} = valueAndGrads((...xs: Tensor[]) => {
    const {outputs: ys, statistics} = f(layer(xs));
    outputs = [...ys, ...(statistics ? [statistics.mean, statistics.variance] : [])].map(
      (y) => y.dataSync() as Float32Array,
    );
    // A loss that weighs every element differently.
    return ys.map((y, i) => y.mul(y.mul(0.3 + i).add(tensorOfSines(y.shape))).sum()).reduce((a, b) => a.add(b));
  })(inputs);
  const gradients = grads.map((g) => g.dataSync() as Float32Array);
  for (const t of [value, ...grads]) t.dispose();
  return {outputs, gradients};
}

const tensorOfSines = (shape: number[]): Tensor =>
  tensor(
    Float32Array.from({length: shape.reduce((n, d) => n * d, 1)}, (_, i) => Math.sin(i + 1)),
    shape,
  );

describe("kernels/spiking", () => {
  const {from} = rematerialisation;
  afterEach(() => (rematerialisation.from = from));
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  it("equals its definition in values and gradients, for random neurons, normalisations, shapes and consumers", function () {
    this.timeout(60000);
    for (let seed = 0; seed < Number(process.env.CASES ?? 200); ++seed) {
      assertEqualsDefinition(randomCase(seed));
    }
  });

  it("equals its definition for neurons that the kernels do not know, whose spikes become bits all the same", function () {
    this.timeout(60000);
    for (let seed = 0; seed < 60; ++seed) {
      const example = randomCase(seed, ["cubaLif", "alif"]);
      tidy(() => {
        const layer = example.layer(example.inputs);
        let packed = 0;
        spiking({...layer, onSpikes: ({bits}) => (packed = bits!.size)});
        assert.ok(packed > 0, example.what);
      });
      assertEqualsDefinition(example);
    }
  });

  it("gives the statistics of what a convolution makes, one row a group, as they are", () => {
    for (const [C, Co] of [
      [16, 16],
      [40, 20],
    ] as const)
      tidy(() => {
        const x = randomNormal([6, 5, 4, C], 0.5, 1, "float32", 1);
        const w = randomNormal<Rank.R4>([3, 3, C, Co], 0, 1, "float32", 2);
        const consumers: Consumer[] = [{kind: "conv", w, groups: 2}];
        const {outputs, known} = spiking({x, spec: SNASNET_NEURON, T: 3, consumers});
        const {mean, variance} = moments(outputs[0]!.reshape([2, 60, Co]), 1);
        assertClose(known[0]!.mean.dataSync(), mean.dataSync(), {atol: 1e-5});
        assertClose(known[0]!.variance.dataSync(), variance.dataSync(), {rtol: 1e-4});
      });
  });

  it("normalises a convolution's map and averages it over windows, as its definition does, gradients and statistics included", () => {
    for (let seed = 0; seed < 150; ++seed) {
      const stream = random(randomKey(seed, "pooled consumer"));
      const pick = <V>(values: readonly V[]): V => stream.choice(values);
      const [k, p, stride] = [pick([1, 3, 5, 7]), pick([1, 2, 2, 3]), pick([1, 1, 2] as const)];
      const [C, S] = [pick([1, 3, 8, 16, 24, 33]), pick([1, 4, 16, 19, 40])];
      const [H, W, T, B] = [pick([4, 6, 9]), pick([6, 7, 12]), pick([1, 2]), 3];
      if (Math.ceil(Math.min(H, W) / stride) < p) continue; // no window
      const shapes = [[T * B, H, W, C], [k, k, C, S], [S], [S], [S], [S]];
      const inputs = shapes.map((shape, i) => randomNormal(shape, i === 0 ? pick([-1, 0, 0.5, 2]) : 0, 1, "float32", seed + 1000 * i)); // prettier-ignore
      inputs[5] = tidy(() => inputs[5]!.square().add(0.1));
      const given = pick([true, false, false]);
      const beside = pick([[], [], ["conv"], ["pool", "conv"]] as const); // other consumers of the same spikes
      rematerialisation.from = pick([0, Infinity]);
      const what = `seed ${seed}: [${T * B}, ${H}, ${W}, ${C}] → ${S}, k=${k}, stride ${stride}, p=${p}, given ${given}, from ${rematerialisation.from}, beside ${beside.join()}`;
      const layer = ([x, w, gamma, beta, mean, variance]: Tensor[]): SpikingLayer => {
        const norm = {gamma: gamma as Tensor1D, beta: beta as Tensor1D, p};
        const own = {mean: mean as Tensor1D, variance: variance as Tensor1D};
        const consumer = {kind: "conv", w: w as Tensor4D, stride, groups: T} as const;
        const consumers: Consumer[] = [{...consumer, pooledNorm: given ? {...norm, given: own} : norm}, ...beside.map((kind): Consumer => (kind === "conv" ? consumer : {kind, p: 1}))]; // prettier-ignore
        return {x: x as Tensor4D, spec: SNASNET_NEURON, T, consumers};
      };
      const differentiated = {layer, inputs: given ? inputs : inputs.slice(0, 4), what};
      const [actual, expected] = [run(differentiated, spiking), run(differentiated, definition)];
      assertClose(actual.outputs[0]!, expected.outputs[0]!, {rtol: 3e-5, atol: 3e-5, scale: "max", what});
      actual.gradients.forEach((g, i) =>
        assertClose(g, expected.gradients[i]!, {rtol: 3e-4, atol: 1e-4, scale: "max", what: `gradient ${i}, ${what}`}),
      );
      tidy(() => {
        const [result, defined] = [spiking(layer(inputs)), definition(layer(inputs))]; // no gradients: ahead of the norm
        assert.deepStrictEqual(result.outputs[0]!.shape, defined.outputs[0]!.shape, what);
        assertClose(result.outputs[0]!.dataSync(), expected.outputs[0]!, {rtol: 3e-5, atol: 3e-5, scale: "max", what});
        const [seen, wanted] = [result.known[0], defined.known[0]];
        if (!given)
          for (const of of ["mean", "variance"] as const)
            assertClose(seen![of].dataSync(), wanted![of].dataSync(), {
              rtol: 3e-5,
              scale: "max",
              what: `${of}, ${what}`,
            });
      });
      for (const t of inputs) t.dispose();
    }
  });

  it("shows its spikes as bits, channel c in bit c mod 32 of word ⌊c/32⌋, and keeps nothing of them", () => {
    const x = tensor(
      Float32Array.from({length: 2 * 40}, (_, i) => (i % 3 === 0 ? 9 : 0)),
      [2, 40],
    );
    const spec = neuronOf("lif", {}, randomCase(0).layer(randomCase(0).inputs).spec);
    let words: number[] = [];
    const {numTensors} = memory();
    tidy(() => {
      spiking({
        ...{x, spec, T: 2, consumers: [{kind: "pool", p: 1}]},
        onSpikes: ({bits, shape, T}) => {
          words = [...bits!.dataSync()];
          assert.deepStrictEqual([shape, T, bits!.shape], [[2, 40], 2, [2, 2]]);
        },
      });
    });
    assert.strictEqual(memory().numTensors, numTensors);
    const expected = [0, 0, 0, 0];
    for (let i = 0; i < 80; i += 3) expected[2 * Math.floor(i / 40) + (i % 40 >> 5)]! |= 1 << (i % 40) % 32;
    assert.deepStrictEqual(words, expected);
    x.dispose();
  });

  it("leaves no tensors behind", () => {
    const example = randomCase(5);
    run(example, spiking);
    const before = memory();
    for (let i = 0; i < 50; ++i) run(example, spiking);
    assert.strictEqual(memory().numTensors, before.numTensors);
    assert.strictEqual(memory().numDataBuffers, before.numDataBuffers);
  });
});
