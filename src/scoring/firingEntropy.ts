// Firing entropy: how much a spike can tell, mean over populations and timesteps. Ours.
//
//   h(r) = −r·log2 r − (1 − r)·log2(1 − r)     bits, at the population's firing rate r over the batch
//
// It is 0 where a layer is silent or always fires, and 1 at a rate of one half. Readers of one spike train count alike.

import {type Gatherer, measured, type Score} from "./score.js";

/** Binary entropy in bits. */
export const binaryEntropy = (r: number): number =>
  r <= 0 || r >= 1 ? 0 : -r * Math.log2(r) - (1 - r) * Math.log2(1 - r);

function gather(): Gatherer {
  let sum = 0;
  let terms = 0;
  return {
    add: ({neurons, readers, counts}) => {
      const spikes = counts.reduce((a, b) => a + b, 0);
      sum += readers * binaryEntropy(spikes / (neurons * counts.length));
      terms += readers;
    },
    value: () => measured(sum / terms),
  };
}

export const firingEntropy: Score = {
  title: "mean binary entropy of the layers' firing rates",
  source: "ours",
  needs: "spikes",
  gather,
};
