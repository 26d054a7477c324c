// Expected values: by hand, closed forms, finite differences, and the definition of a population.

import assert from "node:assert";
import {convNet} from "../../src/architectures/convNet.js";
import {graphOf, type NetworkDescription} from "../../src/architectures/description.js";
import {parseCell} from "../../src/architectures/cell.js";
import {activationsOf, populationsOf} from "../../src/graphs/populations.js";
import {neuronOf} from "../../src/graphs/neuron.js";
import {useBackend} from "../../src/kernels/index.js";
import {forward} from "../../src/networks/forward.js";
import {initialise, type Network} from "../../src/networks/parameters.js";
import {random, randomKey} from "../../src/random.js";
import {memory, type Tensor, tensor, tensor1d, tensor2d, tidy} from "../../src/tf.js";
import {layerWeights} from "../../src/training/activityTerms.js";
import {lossOf} from "../../src/training/loss.js";
import {checkTerm, type TermSpec} from "../../src/training/lossSpec.js";
import {REGULARISERS} from "../../src/training/regularisers.js";
import {lossAndGradients} from "../../src/training/step.js";
import {termOf} from "../../src/training/terms.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise, tinyArchitecture} from "../tiny.js";

/** 8×8×3 → conv 3×3, 4 → ReLU → 2×2 average → conv 3×3, 6 → ReLU → linear 5 → ReLU → linear 8, voted by 2. */
const dnn = convNet({
  input: {size: 8, channels: 3},
  classes: 4,
  layers: [{kind: "conv", channels: 4}, {kind: "avgPool"}, {kind: "conv", channels: 6}, {kind: "linear", units: 5}],
  voters: 2,
  T: 2,
  neuron: null,
});

const y = () => tensor1d([0, 1, 3], "int32");

describe("regularisers", () => {
  onEachBackend(() => {
    // a = [0, 1, 2, 0, 3]: Σ a = 6, Σ a² = 14
    const golden: Record<keyof typeof REGULARISERS, [options: object, expected: number]> = {
      activityL1: [{}, 6],
      activityL2: [{}, 14],
      hoyerSquare: [{}, 36 / 14],
      hoyerRatio: [{}, 6 / Math.sqrt(14)],
      activityL0: [{epsilon: 0.5}, 1 / 1.5 + 2 / 2.5 + 3 / 3.5],
      activityLp: [{p: 0.5, epsilon: 1}, 1 + Math.sqrt(2) + Math.sqrt(3) + 1 + 2],
      activityPush: [{margin: 0.25}, 6 + 5 * 0.25],
    };
    for (const [name, [options, expected]] of Object.entries(golden))
      it(`${name} of [0, 1, 2, 0, 3] by hand`, () => {
        const regulariser = REGULARISERS[name as "activityL1"](options);
        const a = tensor2d([0, 1, 2, 0, 3, 3, 0, 1, 0, 2], [2, 5]); // a sample, and the same in another order
        assertClose(
          tidy(() => regulariser(a).dataSync()),
          [expected, expected],
        );
      });

    it("know their published values: Hoyer-square 2.571429, ratio 1.603567", () => {
      const a = tensor2d([[0, 1, 2, 0, 3]]);
      assertClose(REGULARISERS.hoyerSquare({})(a).dataSync(), 2.571429, {rtol: 0, atol: 5e-7});
      assertClose(REGULARISERS.hoyerRatio({})(a).dataSync(), 1.603567, {rtol: 0, atol: 5e-7});
    });

    it("of Hoyer do not change with the scale of activations, and are those of n equal values and of one", () => {
      const rows = (values: number[]) => tensor2d([values]);
      for (const scale of [1e-3, 1, 1e3]) {
        const of = (name: "hoyerSquare" | "hoyerRatio", values: number[]): number =>
          tidy(() => REGULARISERS[name]({})(rows(values.map((v) => v * scale))).dataSync()[0]!);
        assertClose(of("hoyerSquare", [1, 1, 1, 1]), 4);
        assertClose(of("hoyerRatio", [1, 1, 1, 1]), 2);
        assertClose(of("hoyerSquare", [0, 0, 1, 0]), 1);
        assertClose(of("hoyerRatio", [0, 0, 1, 0]), 1);
      }
    });

    it("of a silent layer are 0 with a finite gradient", () => {
      const {parameters, ...rest} = initialise(dnn, randomKey(1));
      const silenced = Object.entries(parameters).map(([name, p]) => [name, /\.beta$|\.bias$/.test(name) ? p.sub(100) : p] as const); // prettier-ignore
      const network = {...rest, parameters: Object.fromEntries(silenced)};
      for (const name of ["hoyerSquare", "hoyerRatio"] as const) {
        const {terms, gradients} = lossAndGradients(network, noise(3), y(), {loss: lossOf({terms: [{name, weight: 1}]})}); // prettier-ignore
        assert.deepStrictEqual(terms, {[name]: 0});
        for (const g of Object.values(gradients)) for (const value of g.dataSync()) assert.ok(Number.isFinite(value));
      }
    });
  });
});

/** Σ_l w_l · mean_b Σ|a| from the activations of a forward pass, in float64. */
const l1Of = (activations: Readonly<Record<string, Tensor>>, weights: ReadonlyMap<string, number>): number =>
  Object.entries(activations).reduce(
    (sum, [name, a]) => sum + (weights.get(name)! * Array.from(a.dataSync()).reduce((s, v) => s + Math.abs(v), 0)) / a.shape[0], // prettier-ignore
    0,
  );

describe("terms on activations", () => {
  onEachBackend(() => {
    const valueOf = (network: Network, term: TermSpec): number =>
      lossAndGradients(network, noise(3), y(), {loss: lossOf({terms: [term]})}).terms[term.name]!;

    it("are of what every ReLU gives, the same for each sample alone, averaged over the batch", () => {
      const network = initialise(dnn, randomKey(2));
      const {meanActivations: activations} = forward(network, noise(3), {
        training: true,
        meanActivations: ["after", "before"],
      });
      assert.deepStrictEqual(
        Object.entries(activations.after).map(([name, {shape}]) => [name, shape]),
        [
          ["conv1", [3, 8, 8, 4]],
          ["conv3", [3, 4, 4, 6]],
          ["fc4", [3, 5]],
        ],
      );
      for (const [name, z] of Object.entries(activations.before))
        assertClose(
          activations.after[name]!.dataSync(),
          z.dataSync().map((v) => Math.max(0, v)),
          {what: name},
        );
      const mean = new Map([["conv1", 1 / 256], ["conv3", 1 / 96], ["fc4", 1 / 5]]); // prettier-ignore
      assertClose(valueOf(network, {name: "activityL1", weight: 2}), 2 * l1Of(activations.after, mean));
      assertClose(valueOf(network, {name: "activityL1", weight: 1, at: "before"}), l1Of(activations.before, mean));
    });

    it("weigh layers by their fan-out: what is then counted is a share of all operations", () => {
      const network = initialise(dnn, randomKey(2));
      const {meanActivations: activations} = forward(network, noise(3), {training: true, meanActivations: ["after"]});
      // A conv1 value reaches, through a pooling, 6 channels at the places of a 3×3 kernel that stay on a 4×4 map, of which there
      // are (2+3+3+2)² in 16; a conv3 value 5 units; an fc4 value 8.
      const [f1, f3, f4] = [(6 * 100) / 16, 5, 8];
      const all = 256 * f1 + 96 * f3 + 5 * f4;
      const weights = new Map([["conv1", f1 / all], ["conv3", f3 / all], ["fc4", f4 / all]]); // prettier-ignore
      for (const [layer, weight] of layerWeights(network.graph, "fanOut")) assertClose(weight, weights.get(layer)!);
      assertClose(
        valueOf(network, {name: "activityL1", weight: 1, layers: "fanOut"}),
        l1Of(activations.after, weights),
      );
    });

    for (const [
      title,
      cell,
    ] of [["folded over time", "0312 0013 0003 0000"], ["stepped through time", "0303 0030 2002 0200"]] as const) // prettier-ignore
      it(`are of firing rates where neurons spike, ${title}`, () => {
        const network = initialise(tinyArchitecture({T: 3, cell: parseCell(cell)}), randomKey(1));
        const {meanActivations: activations, observed} = forward(network, noise(3), {
          training: true,
          meanActivations: ["after"],
          observe: {spikes: true},
        });
        const names = populationsOf(network.graph).map(({name}) => name);
        assert.deepStrictEqual(Object.keys(activations.after).sort(), [...names].sort());
        for (const name of names)
          assertClose(activations.after[name]!.dataSync(), tidy(() => observed.spikes[name]!.mean(0).dataSync()), {what: name}); // prettier-ignore
      });

    it("leave nothing behind", () => {
      for (const description of [dnn, tinyArchitecture({cell: parseCell("0303 0030 2002 0200")}), tinyArchitecture()]) {
        const network = initialise(description as NetworkDescription, randomKey(1));
        const [x, labels] = [noise(3), y()];
        const loss = lossOf({terms: [{name: "hoyerSquare", weight: 1}]});
        const before = memory().numTensors;
        const {gradients, statistics, logits} = lossAndGradients(network, x, labels, {loss});
        const changed = Object.entries(statistics).filter(([name, value]) => network.statistics[name] !== value);
        assert.strictEqual(memory().numTensors - before, changed.length + Object.keys(gradients).length + 1);
        logits.dispose();
      }
    });

    it("are activations that nothing is paid for where no term reads them", () => {
      const {meanActivations: activations} = forward(initialise(dnn, randomKey(1)), noise(2), {training: true});
      assert.deepStrictEqual(activations, {after: {}, before: {}});
    });
  });

  it("before a ReLU are refused where there are neurons instead", () => {
    const network = initialise(tinyArchitecture(), randomKey(1));
    const loss = lossOf({terms: [{name: "activityPush", weight: 1}]});
    assert.throws(() => lossAndGradients(network, noise(3), y(), {loss}), {
      message:
        "invalid activations: before ReLUs; expected a network with ReLUs; neurons have firing rates, after them",
    });
  });

  it("say what they read, and refuse options that they do not have", () => {
    assert.strictEqual(termOf({name: "hoyerSquare", weight: 1}).reads, "after");
    assert.strictEqual(termOf({name: "activityLp", weight: 1, at: "before"}).reads, "before");
    assert.strictEqual(termOf({name: "activityPush", weight: 1}).reads, "before");
    assert.strictEqual(termOf({name: "logits", weight: 1}).reads, undefined);
    const refused = (term: object, message: RegExp): void =>
      assert.throws(() => checkTerm({weight: 1, ...term} as TermSpec), {message});
    refused({name: "hoyerSquare", layers: "each"}, /unknown layers: each; expected mean or fanOut/);
    refused({name: "hoyerSquare", at: "pre"}, /unknown side of activations: pre; expected after or before/);
    refused({name: "activityPush", at: "after"}, /at/);
    refused({name: "activityLp", p: 1}, /invalid p: 1; expected a number > 0 and < 1/);
    refused({name: "activityL0", epsilon: 0}, /invalid epsilon: 0; expected a number > 0/);
  });

  it("follow a ReLU's values to weights as spikes are followed", () => {
    const spiking = convNet({...dnn, neuron: neuronOf("lif")});
    const [ofReLUs, ofNeurons] = [activationsOf(graphOf(dnn)), activationsOf(graphOf(spiking))];
    assert.deepStrictEqual(populationsOf(graphOf(dnn)), []);
    assert.deepStrictEqual(ofReLUs, ofNeurons.map((layer) => ({...layer, kind: "relu"}))); // prettier-ignore
    assert.deepStrictEqual(ofNeurons.map(({readers}) => readers), populationsOf(graphOf(spiking)).map(({readers}) => readers)); // prettier-ignore
  });
});

/** The slope of a loss along a random direction of ±1 in some parameters, by its gradients and by a difference. */
function assertSlopes(
  network: Network,
  term: TermSpec,
  {smooth, names = Object.keys(network.parameters)}: {smooth: boolean; names?: readonly string[]},
): void {
  const options = {loss: lossOf({terms: [term]}), ...(smooth && ({firing: "smooth"} as const))};
  const {gradients, loss} = lossAndGradients(network, noise(3), y(), options);
  const stream = random(randomKey(8));
  for (const name of names) {
    const p = network.parameters[name]!;
    const signs = Float32Array.from({length: p.size}, () => (stream.normal() > 0 ? 1 : -1));
    const direction = tensor(signs, p.shape);
    const lossAt = (step: number): number => {
      const parameters = {...network.parameters, [name]: p.add(direction.mul(step))};
      return lossAndGradients({...network, parameters}, noise(3), y(), options).loss;
    };
    const step = 1e-3 / Math.sqrt(p.size);
    const expected = gradients[name]!.mul(direction).sum().dataSync()[0]!;
    // Losses are float32, sums of many numbers. No ReLU turns between the two ends: none gets less than 0.003.
    const tolerance = {rtol: 2e-2, atol: (8 * loss * 2 ** -24) / step};
    assertClose((lossAt(step) - lossAt(-step)) / (2 * step), expected, {...tolerance, what: `${term.name}, ${name}`}); // prettier-ignore
  }
}

describe("gradients of terms on activations equal finite differences", () => {
  before(() => useBackend("cpu"));
  const terms = [
    ...Object.keys(REGULARISERS).map((name) => ({name, weight: 3}) as TermSpec),
    {name: "hoyerSquare", weight: 3, layers: "fanOut"},
    {name: "activityL1", weight: 3, at: "before"},
  ] as const satisfies readonly TermSpec[];
  for (const term of terms)
    it(`through ReLUs: ${JSON.stringify(term)}`, () =>
      assertSlopes(initialise(dnn, randomKey(3)), term, {smooth: false}));
  for (const cell of ["0312 0013 0003 0000", "0303 0030 2002 0200"])
    it(`through firing rates of the cell ${cell}`, () => {
      const neuron = neuronOf("lif", {detachReset: false});
      const network = initialise({...tinyArchitecture({T: 2, cell: parseCell(cell)}), neuron}, randomKey(6));
      const names = ["stem.conv", "cell1.e01.conv", "fc1.weight"];
      assertSlopes(network, {name: "hoyerSquare", weight: 3}, {smooth: true, names});
    });
});

describe("the gradient of firing rates by kernels", () => {
  it("equals that of the definition, for every network and with every term", async () => {
    const gradientsOn = async (backend: "cpu" | "wasm", description: NetworkDescription, term: TermSpec) => {
      await useBackend(backend);
      const {gradients} = lossAndGradients(initialise(description, randomKey(1)), noise(3), y(), {loss: lossOf({terms: [term]})}); // prettier-ignore
      return Object.entries(gradients).map(([name, g]) => [name, g.dataSync()] as const);
    };
    const networks = [tinyArchitecture({T: 3}), convNet({...dnn, T: 3, neuron: neuronOf("lif")}), dnn];
    for (const description of networks)
      for (const name of ["activityL1", "hoyerSquare", "activityL0"] as const) {
        const term = {name, weight: 5};
        const expected = new Map(await gradientsOn("cpu", description, term));
        for (const [parameter, g] of await gradientsOn("wasm", description, term))
          assertClose(g, expected.get(parameter)!, {rtol: 1e-3, atol: 1e-5, scale: "max", what: `${name}, ${parameter}`}); // prettier-ignore
      }
  });
});
