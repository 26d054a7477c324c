// Scores by gradients against finite differences of what they differentiate.

import assert from "node:assert";
import {parseCell} from "../../src/architectures/cell.js";
import {forward} from "../../src/networks/forward.js";
import {disposeNetwork, initialise, type Network, type Tensors} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {gradientNorm} from "../../src/scoring/gradientNorm.js";
import {differentiable} from "../../src/scoring/smooth.js";
import {synflowOf} from "../../src/scoring/synflow.js";
import {useBackend} from "../../src/kernels/index.js";
import {ones, type Tensor, tensor1d, type Tensor4D, tidy} from "../../src/tf.js";
import {crossEntropy} from "../../src/training/objective.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {noise, tinyArchitecture} from "../tiny.js";

describe("scores by gradients", () => {
  let network: Network;
  before(async () => {
    await useBackend("wasm");
    network = initialise(tinyArchitecture({channels: 3}), randomKey(4));
  });
  after(() => disposeNetwork(network));

  it("gradientNorm is the sum over parameters of the loss's slope along its gradient", () => {
    assert.ok(gradientNorm.needs === "gradients");
    const [x, labels] = [noise(4), tensor1d([0, 1, 2, 3], "int32")];
    const loss = (parameters: Tensors): number =>
      tidy(() =>
        crossEntropy(forward({...network, parameters}, x, {training: true, firing: "smooth"}).logits, labels),
      ).dataSync()[0]!;
    const sum = tidy(() => {
      const {gradients} = lossAndGradients(differentiable(network), x, labels, {firing: "smooth"});
      return Object.entries(gradients).reduce((total, [name, g]) => {
        const norm = g.norm().dataSync()[0]!;
        if (norm < 1e-4) return total + norm; // in front of a batch normalisation: rounding
        const h = 0.004;
        const at = (step: number): number =>
          loss({...network.parameters, [name]: network.parameters[name]!.add(g.mul(step / norm))});
        return total + (at(h) - at(-h)) / (2 * h);
      }, 0);
    });
    assertClose(gradientNorm.measure({network, x, labels}).value!, sum, {rtol: 0.01});
    x.dispose();
    labels.dispose();
  });

  it("score cells with edges that lead nowhere, whose gradients are zero", () => {
    assert.ok(gradientNorm.needs === "gradients");
    const dangling = initialise(tinyArchitecture({channels: 3, cell: parseCell("0303 0000 0003 0000")}), randomKey(4));
    const [x, labels] = [noise(4), tensor1d([0, 1, 2, 3], "int32")];
    const {gradients, ...rest} = lossAndGradients(dangling, x, labels);
    assertClose(gradients["cell1.e01.conv"]!.dataSync(), new Float32Array(81), {rtol: 0, atol: 0});
    assert.ok(gradients["cell1.e03.conv"]!.abs().max().dataSync()[0]! > 0 && Number.isFinite(rest.loss));
    for (const {status} of [gradientNorm.measure({network: dangling, x, labels}), synflowOf(dangling)])
      assert.strictEqual(status, "ok");
    disposeNetwork(dangling);
    for (const t of [x, labels, rest.logits, ...Object.values(gradients), ...Object.values(rest.statistics)])
      t.dispose();
  });

  it("gradientNorm takes the first sixteen images of a larger batch", () => {
    assert.ok(gradientNorm.needs === "gradients");
    const [x, labels] = [
      noise(20),
      tensor1d(
        Array.from({length: 20}, (_, i) => i % 4),
        "int32",
      ),
    ] as const;
    const few = {x: x.slice([0, 0, 0, 0], [16, -1, -1, -1]), labels: labels.slice([0], [16])};
    assert.strictEqual(gradientNorm.measure({network, x, labels}).value, gradientNorm.measure({network, ...few}).value);
  });

  it("synflow is the slope of the flow when all weights grow together: Σ θ·∂R/∂θ = dR(sθ)/ds at s = 1", () => {
    const flow = (s: number): number =>
      tidy(() => {
        const parameters: Record<string, Tensor> = {};
        for (const [name, value] of Object.entries(network.parameters)) parameters[name] = value.abs().mul(s);
        const x = ones([1, 8, 8, 3]) as Tensor4D;
        return forward({...network, parameters}, x, {training: false, firing: "smooth"}).logits.sum();
      }).dataSync()[0]!;
    const h = 0.01;
    assertClose(synflowOf(network).value!, (flow(1 + h) - flow(1 - h)) / (2 * h), {rtol: 0.005});
  });
});
