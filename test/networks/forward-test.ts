import assert from "node:assert";
import {type Architecture} from "../../src/architectures/architecture.js";
import {parseCell} from "../../src/architectures/cell.js";
import {paramsOf} from "../../src/architectures/cost.js";
import {sampleCell, SNASNET_FEEDBACK, SNASNET_FORWARD} from "../../src/architectures/spaces.js";
import {forward} from "../../src/networks/forward.js";
import {planOf} from "../../src/networks/plan.js";
import {countParameters, disposeNetwork, initialise, type Network} from "../../src/networks/parameters.js";
import {NEURONS, neuronOf} from "../../src/graphs/neuron.js";
import {random, type RandomKey, randomKey} from "../../src/random.js";
import {useBackend} from "../../src/kernels/index.js";
import {add, dispose, memory, onesLike, tensor, tensor1d, tidy} from "../../src/tf.js";
import {crossEntropy} from "../../src/training/objective.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise, tinyArchitecture} from "../tiny.js";

describe("the tensors of a network", () => {
  before(() => useBackend("cpu"));

  it("hold as many numbers as the closed form says, for random wirings of one to three cells", () => {
    const stream = random(randomKey(5));
    for (let i = 0; i < 40; ++i) {
      const space = i % 2 ? SNASNET_FEEDBACK : SNASNET_FORWARD;
      const count = 1 + (i % 3);
      const cells = Array.from({length: count}, () => sampleCell(space, stream));
      const base = tinyArchitecture({channels: 1 + stream.integer(5), pool: 1});
      const neuron = neuronOf(i % 5 === 0 ? "plif" : "lif");
      const description = {...base, cells, neuron};
      const network = initialise(description, randomKey(i));
      assert.strictEqual(countParameters(network), paramsOf(description));
      disposeNetwork(network);
    }
  });

  it("start equal where layers are equal, whatever else differs", () => {
    const [a, b] = ["0312 0013 0003 0000", "0301 0003 0000 0000"].map((cell) =>
      initialise(tinyArchitecture({cell: parseCell(cell)}), randomKey(3)),
    );
    for (const name of ["stem.conv", "cell1.e01.conv", "fc1.weight"])
      assert.deepStrictEqual(a!.parameters[name]!.dataSync(), b!.parameters[name]!.dataSync(), name);
  });
});

describe("the forward pass", () => {
  onEachBackend((backend) => {
    it("gives spikes that are 0 or 1, and membranes that cross the threshold exactly where they fire", () => {
      const network = initialise(tinyArchitecture(), randomKey(1));
      const {observed} = forward(network, noise(2), {training: true, observe: {spikes: true, membranes: true}});
      for (const [name, s] of Object.entries(observed.spikes)) {
        const [fired, u] = [s.dataSync(), observed.membranes[name]!.dataSync()];
        fired.forEach((value, i) => assert.strictEqual(value, u[i]! >= 1 ? 1 : 0, name));
      }
      assert.ok(Object.keys(observed.spikes).length >= 7);
    });

    it("of two images is that of each alone, in evaluation", () => {
      const network = initialise(tinyArchitecture({cell: parseCell("0303 0030 2002 0200")}), randomKey(2));
      const x = noise(2);
      const both = forward(network, x, {training: false}).logits.dataSync();
      const parts = [0, 1].flatMap((i) => {
        const one = x.slice([i, 0, 0, 0], [1, 8, 8, 3]);
        return Array.from(forward(network, one, {training: false}).logits.dataSync());
      });
      assertClose(both, parts, {rtol: 1e-5, atol: 1e-6});
    });

    for (const model of Object.keys(NEURONS))
      for (const training of [true, false])
        it(`with ${model} neurons is the same folded over time and stepped through it, ${training ? "training" : "evaluating"}`, () => {
          // Node 2 has no input, so that its feedback adds nothing, but the cell is stepped through time for it.
          const [folded, stepped] = ["0304 0002 0000 0000", "0304 0002 1000 0000"].map((cell) =>
            initialise(tinyArchitecture({T: 3, cell: parseCell(cell), neuron: neuronOf(model)}), randomKey(4)),
          ) as [Network, Network];
          assert.deepStrictEqual(Object.keys(stepped.parameters).sort(), Object.keys(folded.parameters).sort());
          const kinds = (network: Network): string[] => planOf(network.graph).map(({kind}) => kind);
          assert.ok(kinds(stepped).includes("stepped") && !kinds(folded).includes("stepped"));
          const logitsOf = (network: Network) => forward(network, noise(6), {training}).logits.dataSync();
          assertClose(logitsOf(stepped), logitsOf(folded), {rtol: 1e-4, atol: 1e-5});
        });

    for (const model of Object.keys(NEURONS))
      it(`has gradients that equal finite differences, with a smooth spike and ${model} neurons`, function () {
        if (backend !== "cpu") this.skip(); // float32 differences are noisy: once is enough
        const a = tinyArchitecture({cell: parseCell("0303 0030 2002 0200")});
        const {parameters, ...network} = initialise(
          {...a, neuron: neuronOf(model, {detachReset: false})},
          randomKey(6),
        );
        const [x, labels] = [noise(3), tensor1d([0, 1, 3], "int32")];
        const {gradients, loss} = lossAndGradients({...network, parameters}, x, labels, {firing: "smooth"});
        const stream = random(randomKey(8));
        /** Slopes of the loss along ±1 in each entry of these parameters: by the gradients, and by a difference. */
        const alongSigns = (names: readonly string[]): void => {
          const sizes = names.map((name) => parameters[name]!.size);
          const step = 1e-3 / Math.sqrt(sizes.reduce((sum, size) => sum + size, 0));
          const signs = names.map((name, i) =>
            tensor(
              Float32Array.from({length: sizes[i]!}, () => (stream.uniform() < 0.5 ? -1 : 1)),
              parameters[name]!.shape,
            ),
          );
          const lossAt = (h: number): number =>
            tidy(() => {
              const moved = Object.fromEntries(
                names.map((name, i) => [name, add(parameters[name]!, signs[i]!.mul(h))]),
              );
              const there = {...network, parameters: {...parameters, ...moved}};
              const {logits} = forward(there, x, {training: true, firing: "smooth"});
              return crossEntropy(logits, labels).dataSync()[0]!;
            });
          const along = names.reduce((sum, name, i) => sum + gradients[name]!.mul(signs[i]!).sum().dataSync()[0]!, 0);
          // rounding: a loss in float32 is known to a few units of 2⁻²⁴; 1 %: what of the difference is of third order
          const tolerance = {rtol: 0.01, atol: (4 * loss * 2 ** -24) / step};
          assertClose(along, (lossAt(step) - lossAt(-step)) / (2 * step), {...tolerance, what: names.join(" ")});
        };
        const names = Object.keys(parameters);
        for (let i = 0; i < 5; ++i) alongSigns(names);
        if (model === "plif") for (const name of names) alongSigns([name]); // it has all that the LIF has
      });

    it("leaves no tensors behind", () => {
      const network = initialise(tinyArchitecture(), randomKey(1));
      const [x, labels] = [noise(2), tensor1d([0, 1], "int32")];
      const step = (): void => {
        const {logits, gradients, statistics} = lossAndGradients(network, x, labels, {dropout: randomKey(1)});
        dispose([logits, ...Object.values(gradients)]);
        dispose(Object.entries(statistics).flatMap(([name, t]) => (network.statistics[name] === t ? [] : [t])));
      };
      step();
      const before = memory().numTensors;
      for (let i = 0; i < 5; ++i) step();
      assert.strictEqual(memory().numTensors, before);
      disposeNetwork(network);
    });
  });
});

describe("variants of the network", () => {
  before(() => useBackend("wasm"));
  const lossOf = (a: Architecture): number =>
    lossAndGradients(initialise(a, randomKey(1)), noise(4), tensor1d([0, 1, 2, 3], "int32")).loss;

  it("with every neuron computes something of its own, and the LIF where its parameters make it one", () => {
    const lossWith = (model: string, changes: object = {}): number =>
      lossOf({...tinyArchitecture(), neuron: neuronOf(model, {tau: 2, threshold: 0.25, ...changes})});
    const lif = lossWith("lif");
    for (const model of Object.keys(NEURONS).filter((name) => !["lif", "plif", "strictLif"].includes(name))) {
      const loss = lossWith(model);
      assert.ok(Number.isFinite(loss) && Math.abs(loss - lif) > 1e-3, `${model}: ${loss}, lif: ${lif}`);
    }
    assertClose(lossWith("plif"), lif); // σ(w) = 1/τ at the start
    assertClose(lossWith("strictLif"), lif); // no potential is the threshold itself
    assertClose(lossWith("cubaLif", {tauSynapse: 1}), lif);
    assertClose(lossWith("alif", {beta: 0}), lif);
  });

  it("normalises jointly over time when asked: one row of statistics, T times the rows", () => {
    const network = initialise(tinyArchitecture({normalisation: "joint"}), randomKey(1));
    const {updates} = forward(network, noise(4), {training: true});
    assert.deepStrictEqual(updates["reduction1.bnIn"]!.mean.shape, [1, 2]);
    assert.strictEqual(updates["reduction1.bnIn"]!.rows, 2 * 4 * 8 * 8);
  });

  it("drops the same inputs at every timestep, those that the key names", () => {
    const a = tinyArchitecture({T: 6, channels: 6, pool: 1, head: {hidden: 8, voters: 2, dropout: 0.5}});
    // so low a threshold that inputs fire at most timesteps
    const network = initialise({...a, neuron: {...a.neuron, threshold: 0.01}}, randomKey(1));
    /** Inputs of the head through which one image reaches the loss: with a mask for each timestep nearly all would. */
    const used = (key: number | undefined): boolean[] => {
      const {gradients} = lossAndGradients(network, noise(1), tensor1d([2], "int32"), key === undefined ? {} : {dropout: randomKey(key)}); // prettier-ignore
      const rows = gradients["fc1.weight"]!.abs().sum(1).dataSync(); // [inputs]
      return Array.from(rows, (size) => size > 0);
    };
    const count = (rows: readonly boolean[]): number => rows.filter(Boolean).length;
    const [all, one, again, other] = [used(undefined), used(1), used(1), used(2)];
    assert.ok(count(all) >= 20, `${count(all)} inputs fire`);
    const share = count(all.filter((fires, i) => fires && one[i])) / count(all);
    assert.ok(share > 0.3 && share < 0.7, `${share} of them kept`);
    assert.deepStrictEqual(again, one);
    assert.notDeepStrictEqual(other, one);
  });

  it("scales what is not dropped, so that the head's mean input stays", () => {
    const {parameters, ...network} = initialise(tinyArchitecture({pool: 1, head: {hidden: 8, voters: 2, dropout: 0.75}}), randomKey(1)); // prettier-ignore
    const ones = {...parameters, "fc1.weight": onesLike(parameters["fc1.weight"]!)}; // the head sums its inputs
    const input = (dropout?: RandomKey): number => {
      const options = {training: true, observe: {membranes: true}, ...(dropout && {dropout})};
      return forward({...network, parameters: ones}, noise(8), options).observed.membranes.head!.slice([0], [1]).mean().dataSync()[0]!; // prettier-ignore
    };
    const means = Array.from({length: 12}, (_, key) => input(randomKey(key)));
    // 12 · 8 images · about 30 inputs that fire, a quarter of them kept: the mean's sd is 3 %
    assertClose(means.reduce((sum, mean) => sum + mean, 0) / means.length, input(), {rtol: 0.1});
  });
});
