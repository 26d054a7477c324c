// Gradient norm (zero-cost proxies, arXiv 2101.08134): how strongly a batch would move an untrained network.
//
//   score = Σ over parameters θ of ‖∂L/∂θ‖₂,    L the cross-entropy of the batch
//
// The neurons give the surrogate's own smooth step instead of spikes, so that this is the gradient of what is computed. Smooth
// steps have no kernel that saves memory, so that of a larger batch the first sixteen images are taken.

import {invalid} from "../check.js";
import {dispose, tidy} from "../tf.js";
import {lossAndGradients} from "../training/step.js";
import {type GradientInput, type Measured, measured, type Score} from "./score.js";
import {differentiable} from "./smooth.js";

const MOST_IMAGES = 16;

function measure({network, x: all, labels: given}: GradientInput): Measured {
  if (!given) throw invalid("labels", given, "the classes [B] of the images: gradientNorm differentiates a loss");
  const count = Math.min(all.shape[0], MOST_IMAGES);
  const [x, labels] = [all.slice([0, 0, 0, 0], [count, -1, -1, -1]), given.slice([0], [count])];
  const {gradients, statistics, logits} = lossAndGradients(differentiable(network), x, labels, {firing: "smooth"});
  const norm = tidy(() => Object.values(gradients).reduce((sum, g) => sum + g.norm().dataSync()[0]!, 0));
  const changed = Object.entries(statistics).filter(([name, value]) => network.statistics[name] !== value);
  dispose([x, labels, logits, ...Object.values(gradients), ...changed.map(([, value]) => value)]);
  return measured(norm);
}

export const gradientNorm: Score = {
  title: "norm of the loss's gradient, smooth spikes",
  source: "zero-cost proxies, arXiv 2101.08134",
  needs: "gradients",
  measure,
};
