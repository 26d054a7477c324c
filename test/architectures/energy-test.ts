import assert from "node:assert";
import {convNet} from "../../src/architectures/convNet.js";
import {graphOf} from "../../src/architectures/description.js";
import {bytePJ, energiesOf, energyOf, ESTIMATORS, HOROWITZ_45NM, matchedAnn, matchedBits, operationsOf} from "../../src/architectures/energy.js"; // prettier-ignore
import type {Graph} from "../../src/graphs/graph.js";
import {assertClose} from "../assert.js";

const nothing = {weights: {size: 0, moved: 0}, activations: {size: 0, moved: 0}, state: {size: 0, moved: 0}};

/** 128 values → linear 5 → neurons → linear 7 → neurons → linear 20, voted by 2. */
const mlp = (T: number): Graph =>
  graphOf(convNet({input: {size: 8, channels: 2}, layers: [{kind: "linear", units: 5}, {kind: "linear", units: 7}], voters: 2, T})); // prettier-ignore

describe("energy", () => {
  it("equals the table of syops-counter for ImageNet networks (G operations, mJ)", () => {
    // github.com/iCGY96/syops-counter, README: network, ACs, MACs, energy
    const rows: readonly (readonly [string, number, number, number])[] = [
      ["resnet18", 0, 1.82, 8.372],
      ["spiking_resnet18", 0.1, 0.14, 0.734],
      ["SEW-ResNet18", 0.5, 2.75, 13.1],
      ["DSNN18", 1.69, 0.2, 2.441],
    ];
    for (const [what, acs, macs, expected] of rows)
      assertClose(energyOf({acs: acs * 1e9, macs: macs * 1e9}).pJ * 1e-9, expected, {rtol: 0, atol: 1e-9, what});
  });

  it("is the sum of 3.7 + 0.9 pJ for each multiply-accumulate and 0.9 pJ for each accumulate", () => {
    assertClose(energyOf({macs: 1, acs: 0}).pJ, 3.7 + 0.9);
    assertClose(energyOf({macs: 0, acs: 1}).pJ, 0.9);
  });

  it("carries its estimator's name, whichever was used", () => {
    assert.strictEqual(energyOf({macs: 1, acs: 1}).estimator, HOROWITZ_45NM.name);
    const int8 = {name: "45 nm int8", macPJ: 0.23, acPJ: 0.03};
    assert.deepStrictEqual(energyOf({macs: 100, acs: 0}, int8), {pJ: 23, estimator: "45 nm int8"});
  });

  it("is estimated by published numbers, which each estimator's name states", () => {
    // Horowitz, ISSCC 2014, 45 nm: float multiplication 3.7 and addition 0.9 pJ, 8-bit integers 0.2 and 0.03; Loihi: 23.6 an operation
    const {fp32, int8, loihi} = energiesOf({macs: 1000, acs: 10, traffic: nothing});
    assertClose(
      [fp32.pJ, int8.pJ, loihi.pJ],
      [1000 * (3.7 + 0.9) + 10 * 0.9, 1000 * (0.2 + 0.03) + 10 * 0.03, 10 * 23.6],
    );
    for (const {name, macPJ, acPJ} of Object.values(ESTIMATORS))
      for (const value of [macPJ, acPJ].filter((pJ) => pJ > 0)) assert.ok(name.includes(` ${value} pJ`), `${name}: ${value}`); // prettier-ignore
  });

  it("with memory traffic is that of every byte in the smallest memory that holds its store, by hand", () => {
    // Weights and biases 847·4 bytes, values 32·4, states 12·4: all in 8 KB, 10 pJ for 8 bytes. 640 multiply-accumulates.
    const [T, acs] = [3, 1000];
    const weights = 4 * (640 + acs);
    const activations = 4 * 640 + 4 * (5 + T * (7 + 20));
    const state = 2 * 4 * acs + 2 * T * 48;
    const {pJ, estimator} = energyOf(operationsOf(mlp(T), {acs}), ESTIMATORS.memory);
    assertClose(pJ, 4.6 * 640 + 0.9 * acs + (10 / 8) * (weights + activations + state));
    assert.strictEqual(estimator, "45 nm fp32, MAC 4.6 pJ, AC 0.9 pJ, with memory traffic");
    assert.throws(() => energyOf({macs: 1, acs: 1}, ESTIMATORS.memory), /invalid traffic: undefined; expected bytes/);
  });

  it("of a byte follows the published accesses: 1.25 pJ in 8 KB, 12.5 in 1 MB, 162.5 at the least in DRAM", () => {
    const sizes = [1, 8192, 8193, 32768, 32769, 2 ** 20, 2 ** 20 + 1, 1e12];
    assert.deepStrictEqual(sizes.map(bytePJ), [1.25, 1.25, 2.5, 2.5, 12.5, 12.5, 162.5, 162.5]);
  });

  it("refuses counts that are none", () => {
    assert.throws(() => energyOf({macs: -1, acs: 0}), {message: "invalid macs: -1; expected a number >= 0"});
    assert.throws(() => energyOf({macs: 0, acs: NaN}), {message: "invalid acs: NaN; expected a number >= 0"});
  });
});

describe("the ANN that matches a spiking network", () => {
  it("has as many levels as there are spike counts", () =>
    assert.deepStrictEqual([1, 2, 3, 4, 7, 8, 15, 200, 255].map(matchedBits), [1, 2, 2, 3, 3, 4, 4, 8, 8]));

  it("takes as much at b/T spikes a synapse and timestep, under any arithmetic in which it adds b times", () => {
    for (const T of [1, 3, 4, 8, 100])
      for (const name of ["fp32", "int8", "loihi"] as const) {
        const {macPJ, acPJ} = ESTIMATORS[name];
        const b = Math.ceil(Math.log2(T + 1));
        const expected = macPJ > 0 ? Math.min(b, macPJ / acPJ) / T : b / T;
        assertClose(matchedAnn(mlp(T), ESTIMATORS[name]).breakEvenRate, expected, {what: `${name}, T = ${T}`});
      }
  });

  it("takes what a spiking network takes that fires at that rate, under every estimator", () => {
    for (const [name, estimator] of Object.entries(ESTIMATORS)) {
      const graph = graphOf(convNet({T: 8}));
      const {pJ, breakEvenRate} = matchedAnn(graph, estimator);
      // Accumulates at rate 1: T · (16 channels that 3×3 kernels read through 2×2 averages; 32 that 64 units do; 64 by 100)
      const most = 8 * (4 * 16 * 32 * (3 * 16 - 2) ** 2 + 32 * 16 * 16 * 64 + 64 * 100);
      const spent = energyOf(operationsOf(graph, {acs: breakEvenRate * most}), estimator).pJ;
      assertClose(spent, pJ, {what: name});
    }
  });

  it("by hand, of convolutions: the stem once at full price, every other product b additions", () => {
    const net = convNet({
      input: {size: 8, channels: 2},
      layers: [{kind: "conv", channels: 4}, {kind: "avgPool"}, {kind: "conv", channels: 6}, {kind: "maxPool"}, {kind: "linear", units: 5}], // prettier-ignore
      voters: 2,
      T: 3,
    });
    const {pJ, bits, breakEvenRate} = matchedAnn(graphOf(net));
    const others = 9 * 4 * 6 * 16 + 24 * 5 + 5 * 20;
    assert.strictEqual(bits, 2);
    assertClose(pJ, 4.6 * 9 * 2 * 4 * 64 + 2 * 0.9 * others);
    assertClose(breakEvenRate, (2 * others) / (3 * (4 * 4 * 6 * 10 ** 2 + 6 * 16 * 5 + 5 * 20)));
  });
});
