// Accuracy against activity: every network of SpikeNAS-Bench, and those that no other beats in both.

import {activityFront, aliveNetworks} from "../analysis/bench.js";
import type {BenchNetwork} from "../datasets/spikenasBench.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

/** A network of the front. */
export type FrontPoint = Pick<BenchNetwork, "id" | "meanFiringRate" | "test">;

const line = (front: readonly FrontPoint[]): Trace => ({
  type: "scatter",
  mode: "lines+markers",
  name: "front",
  x: front.map(({meanFiringRate}) => meanFiringRate),
  y: front.map(({test}) => test),
  line: {color: PALETTE[0], width: 2, shape: "hv"},
  marker: {color: PALETTE[0], size: 7},
  text: front.map(({id}) => `network ${id}`),
  hovertemplate: "%{text}: %{y:.2f} % at rate %{x:.3f}<extra></extra>",
});

const layoutFrom = (from: number): Record<string, unknown> => ({
  title: {text: "Accuracy against activity"},
  xaxis: {title: {text: "mean firing rate (spikes per neuron and timestep)"}},
  yaxis: {title: {text: "test accuracy (%)"}, range: [from, 90]},
  legend: {x: 0.99, y: 0.03, xanchor: "right", yanchor: "bottom"},
});

const sourceOf = (alive: number): string =>
  `SpikeNAS-Bench, CIFAR-10: all n = ${alive.toLocaleString("en-US")} networks with a path from input to output, one training each`;

/** The front alone, for who has its table and not the bench's; `alive`: the networks that it is the front of. */
export const frontFigure = (front: readonly FrontPoint[], alive: number): Figure =>
  figure({
    data: [line(front)],
    layout: {...layoutFrom(80), showlegend: false},
    caption: `${sourceOf(alive)}; the ${front.length} that no other beats in both accuracy and quiet.`,
  });

/** Points that would hide each other are drawn once; networks under `from` % are left out of the picture. */
export function activityFrontFigure(networks: readonly BenchNetwork[], {from = 80}: {from?: number} = {}): Figure {
  const alive = aliveNetworks(networks);
  const places = new Map(
    alive
      .filter(({test}) => test >= from)
      .map(({meanFiringRate, test}) => [`${meanFiringRate.toFixed(3)} ${test.toFixed(1)}`, [meanFiringRate, test]]),
  );
  const cloud = [...places.values()];
  const front = activityFront(networks);
  return figure({
    data: [
      {
        type: "scatter",
        mode: "markers",
        name: "a network",
        x: cloud.map(([rate]) => rate),
        y: cloud.map(([, test]) => test),
        marker: {size: 3, color: "#bbbbbb"},
        hoverinfo: "skip",
      },
      line(front),
    ],
    layout: layoutFrom(from),
    caption:
      `${sourceOf(alive.length)}; ` +
      `those under ${from} % are outside the picture. Line: the ${front.length} that no other beats in both.`,
  });
}
