// A raster: which neurons of which layers fire at which timestep, for one image.

import {check, checkInteger} from "../check.js";
import type {LayerActivity} from "../training/observe.js";
import {type Figure, figure} from "./figure.js";

/** `count` indices spread evenly over 0 … n − 1. */
export const spread = (n: number, count: number): number[] =>
  Array.from({length: Math.min(n, count)}, (_, i) => Math.floor((i * n) / Math.min(n, count)));

const rateOf = (spikes: readonly (readonly number[])[]): number =>
  spikes.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0) / (spikes.length * spikes[0]!.length);

/** One panel a layer: timesteps across, a sample of at most `neurons` neurons up; a filled cell is a spike. */
export function rasterFigure(
  layers: readonly Pick<LayerActivity, "layer" | "spikes">[],
  {neurons = 50, of = "one image"}: {neurons?: number; of?: string} = {},
): Figure {
  check("layers", layers.length, layers.length > 0, "one or more layers");
  checkInteger("neurons", neurons);
  const T = layers[0]!.spikes.length;
  const axis = (i: number): string => (i === 0 ? "" : String(i + 1));
  const gap = 0.025;
  const width = (1 - gap * (layers.length - 1)) / layers.length;
  const axes = layers.map((_, i) => [
    [
      `xaxis${axis(i)}`,
      {
        domain: [i * (width + gap), i * (width + gap) + width],
        anchor: `y${axis(i)}`,
        tickvals: Array.from({length: T}, (_, t) => t + 1).filter((t) => T <= 10 || t % Math.ceil(T / 5) === 0),
        ...(i === Math.floor((layers.length - 1) / 2) && {title: {text: "timestep"}}),
        showgrid: false,
        mirror: true,
      },
    ],
    [
      `yaxis${axis(i)}`,
      {
        anchor: `x${axis(i)}`,
        ...(i === 0 ? {title: {text: `neuron (${neurons} of each layer)`}} : {}),
        showticklabels: false,
        ticks: "",
        showgrid: false,
        mirror: true,
      },
    ],
  ]);
  return figure({
    data: layers.map(({layer, spikes}, i) => {
      const chosen = spread(spikes[0]!.length, neurons);
      return {
        type: "heatmap",
        name: layer,
        x: spikes.map((_, t) => t + 1),
        z: chosen.map((n) => spikes.map((row) => row[n]!)),
        xaxis: `x${axis(i)}`,
        yaxis: `y${axis(i)}`,
        zmin: 0,
        zmax: 1,
        colorscale: [[0, "#ffffff"], [1, "#222222"]], // prettier-ignore
        showscale: false,
        xgap: 1,
        ygap: 1,
        hovertemplate: `${layer}, timestep %{x}: %{z}<extra></extra>`,
      };
    }),
    layout: {
      title: {text: "Spikes, layer by layer"},
      height: 460,
      margin: {l: 40, r: 16, t: 84, b: 52},
      showlegend: false,
      ...Object.fromEntries(axes.flat()),
      annotations: layers.map(({layer, spikes}, i) => ({
        ...{xref: `x${axis(i)} domain`, yref: `y${axis(i)} domain`, x: 0.5, y: 1.02, yanchor: "bottom"},
        text: `<b>${layer}</b><br>${(100 * rateOf(spikes)).toFixed(1)} %`,
        showarrow: false,
      })),
    },
    caption:
      `Spikes (dark) for ${of} over T = ${T} timesteps, ${neurons} neurons of each layer, spread evenly. ` +
      `Under each name: the firing rate of the whole layer, in spikes per neuron and timestep.`,
  });
}
