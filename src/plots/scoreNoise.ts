// Repeated scores of several networks as a figure: each measurement a dot, the mean a bar, networks in the order of their means.

import {mean} from "../analysis/interval.js";
import {scoreNoise} from "../analysis/scoreNoise.js";
import {type Figure, figure, PALETTE} from "./figure.js";

/** `values[i]` are the measurements of network i by the score `name`. */
export function scoreNoiseFigure(name: string, values: readonly (readonly number[])[]): Figure {
  const sorted = [...values].sort((a, b) => mean(a) - mean(b));
  const {networks, measurements, share} = scoreNoise(values);
  return figure({
    data: [
      {
        type: "scatter",
        mode: "markers",
        name: "one measurement",
        x: sorted.flatMap((list, i) => list.map(() => i + 1)),
        y: sorted.flat(),
        marker: {size: 6, symbol: "circle-open", color: PALETTE[1]},
      },
      {
        type: "scatter",
        mode: "markers",
        name: "mean",
        x: sorted.map((_, i) => i + 1),
        y: sorted.map(mean),
        marker: {size: 12, symbol: "line-ew", line: {width: 2.5, color: PALETTE[0]}},
      },
    ],
    layout: {
      title: {text: `How much of ${name} is the network, how much measurement noise`},
      xaxis: {title: {text: "networks, by their mean score"}},
      yaxis: {title: {text: `score (${name})`}},
    },
    caption:
      `${networks} networks drawn at random, each measured ${measurements} times with fresh weights and images. ` +
      `${(100 * share).toFixed(0)} % of the variance of a single measurement is between networks.`,
  });
}
