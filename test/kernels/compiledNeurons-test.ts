import assert from "node:assert";
import {NEURONS, type NeuronSpec, SNASNET_NEURON, type SurrogateSpec} from "../../src/graphs/neuron.js";
import {dynamicsOf} from "../../src/kernels/compiledNeurons.js";
import {kernelReport, spikesOverTime, spiking, useBackend} from "../../src/kernels/index.js";
import {spiking as definition, type SpikingLayer, type SpikingResult} from "../../src/layers/spiking.js";
import {neuron} from "../../src/neurons/neuron.js";
import {NEURON_STEPS} from "../../src/neurons/steps.js";
import {SURROGATES} from "../../src/neurons/surrogate.js";
import {type Tensor, tensor, tidy, valueAndGrads} from "../../src/tf.js";
import {assertClose} from "../assert.js";

// A neuron that a user might add: it integrates the square of its input, and a state `n` counts its spikes.
const QUADRATIC = {...SNASNET_NEURON, model: "quadratic"} as unknown as NeuronSpec;
const quadratic: (typeof NEURON_STEPS)["lif"] = (x, {v, n}, spec, {fire}) => {
  const u = v!.mul(0.5).add(x.square());
  const s = fire(u.sub(spec.threshold));
  return {s, u, v: u.sub(s.mul(spec.threshold)), n: n!.add(s)};
};

// A surrogate without compiled formula: the derivative of the softsign step, 1/(1 + |x|)².
const SOFTSIGN = {name: "softsign"} as unknown as SurrogateSpec;
const softsign = {
  smooth: (x: Tensor): Tensor => x.div(x.abs().add(1)),
  derivative: (x: Tensor): Tensor => x.abs().add(1).square().reciprocal(),
  support: () => Infinity,
};

type Tables = Record<string, Record<string, unknown>>;
const tables = {NEURONS, NEURON_STEPS, SURROGATES} as unknown as Tables;

const X = Float32Array.from({length: 4 * 3 * 40}, (_, i) => 0.9 + 0.8 * Math.sin(7 * i));

/** Output and gradients of a layer: normalised currents x [T·B, C], the spikes consumed as floats. */
function outcome(spec: NeuronSpec, run: (layer: SpikingLayer) => SpikingResult): Float32Array[] {
  const inputs = [tensor(X, [12, 40]), tensor(new Float32Array(40).fill(0.7)), tensor(new Float32Array(40).fill(0.6))];
  let spikes: Float32Array | undefined;
  const {value, grads} = valueAndGrads((x: Tensor, gamma: Tensor, beta: Tensor) => {
    const norm = {gamma, beta, statistics: {groups: 1}} as unknown as SpikingLayer["norm"];
    const {outputs} = run({x, spec, T: 4, norm, consumers: [{kind: "pool", p: 1}]});
    spikes = outputs[0]!.dataSync() as Float32Array;
    return outputs[0]!.mul(tensor(Float32Array.from(X, Math.sin), [12, 40])).sum();
  })(inputs);
  const gradients = grads.map((g) => g.dataSync() as Float32Array);
  for (const t of [...inputs, value, ...grads]) t.dispose();
  return [spikes!, ...gradients];
}

describe("kernels/compiledNeurons", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
    tables.NEURONS!.quadratic = {...NEURONS.lif, title: "quadratic", states: ["v", "n"]};
    tables.NEURON_STEPS!.quadratic = quadratic;
    tables.SURROGATES!.softsign = softsign;
  });
  after(() => {
    delete tables.NEURONS!.quadratic;
    delete tables.NEURON_STEPS!.quadratic;
    delete tables.SURROGATES!.softsign;
  });

  it("knows LIF, strict LIF, IF and PLIF with every surrogate of this library, and nothing else", () => {
    for (const model of ["lif", "strictLif", "if", "plif"] as const)
      for (const name of Object.keys(SURROGATES).filter((name) => name !== "softsign"))
        assert.ok(dynamicsOf({...SNASNET_NEURON, model, surrogate: {name, alpha: 1, width: 1, b: 1} as never}), `${model}, ${name}`); // prettier-ignore
    for (const model of ["cubaLif", "alif"] as const)
      assert.strictEqual(dynamicsOf(NEURONS[model].defaults as NeuronSpec), undefined, model);
    assert.strictEqual(dynamicsOf(QUADRATIC), undefined);
    assert.strictEqual(dynamicsOf({...SNASNET_NEURON, surrogate: SOFTSIGN}), undefined);
  });

  for (const [what, spec] of [
    ["a neuron", QUADRATIC],
    ["a surrogate", {...SNASNET_NEURON, surrogate: SOFTSIGN}],
  ] as const)
    it(`runs ${what} that it does not know by the definition, not as a LIF`, () => {
      const [actual, expected, lif] = [
        outcome(spec, spiking),
        outcome(spec, definition),
        outcome(SNASNET_NEURON, definition),
      ];
      assert.deepStrictEqual(actual[0], expected[0]);
      actual.forEach((values, i) => assertClose(values, expected[i]!, {rtol: 1e-4, scale: "max", what: `${i}`}));
      assert.notDeepStrictEqual(actual[1], lif[1]);
    });

  it("carries every state of such a neuron from one timestep to the next", () => {
    tidy(() => {
      const x = tensor(X, [4, 3, 40]);
      const {n, s} = neuron(x, QUADRATIC);
      const first = spikesOverTime(x.slice([0], [3]), QUADRATIC);
      const {last, s: fourth} = spikesOverTime(x.slice([3]), QUADRATIC, {state: first.last});
      assert.deepStrictEqual(last.n!.dataSync(), n!.slice([3]).dataSync());
      assert.deepStrictEqual(fourth.dataSync(), s.slice([3]).dataSync());
    });
  });
});
