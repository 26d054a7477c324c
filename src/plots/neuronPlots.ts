// What single neurons do: surrogates, firing rate against current, and encodings.

import type {EncodingName} from "../graphs/encoding.js";
import type {SurrogateCurve} from "../neurons/surrogateCurve.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

const colorOf = (i: number): string => PALETTE[i % PALETTE.length]!;

/** Smooth steps above, the derivatives that stand in for the spike's below. */
export function surrogateFigure(curves: readonly SurrogateCurve[]): Figure {
  const traces = (axis: "" | "2", y: (curve: SurrogateCurve) => readonly number[]): Trace[] =>
    curves.map((curve, i) => ({
      ...{type: "scatter", mode: "lines", name: curve.name, legendgroup: curve.name, showlegend: axis === ""},
      ...{x: curve.x, y: y(curve), xaxis: "x", yaxis: `y${axis}`},
      line: {color: colorOf(i), width: 2},
    }));
  const step: Trace = {
    ...{type: "scatter", mode: "lines", name: "spike itself", line: {color: "#222222", width: 1.5, dash: "dot"}},
    ...{x: [curves[0]!.x[0], 0, 0, curves[0]!.x.at(-1)], y: [0, 0, 1, 1], xaxis: "x", yaxis: "y"},
  };
  return figure({
    data: [step, ...traces("", (curve) => curve.step), ...traces("2", (curve) => curve.derivative)],
    layout: {
      title: {text: "Surrogates"},
      height: 520,
      xaxis: {title: {text: "distance from the threshold, u − θ"}, anchor: "y2"},
      yaxis: {title: {text: "step"}, domain: [0.56, 1]},
      yaxis2: {title: {text: "derivative used backwards"}, domain: [0, 0.46], rangemode: "tozero"},
    },
    caption:
      "Above: the spike (dotted) and the smooth step of each surrogate; below: the derivative of that step, which training " +
      "uses in place of the spike's own (zero everywhere but at the threshold). Dimensionless; none is rescaled.",
  });
}

/** Firing rate against constant current: simulated dots on the closed form's staircase. */
export function firingRateCurveFigure(
  current: readonly number[],
  rates: {readonly simulated: readonly number[]; readonly closedForm: readonly number[]},
  {of = ""}: {of?: string} = {},
): Figure {
  return figure({
    data: [
      {
        ...{type: "scatter", mode: "lines", name: "closed form", x: current, y: rates.closedForm},
        line: {color: PALETTE[0], width: 2, shape: "hv"},
      },
      {
        ...{type: "scatter", mode: "markers", name: "simulated", x: current, y: rates.simulated},
        marker: {color: PALETTE[1], size: 7, symbol: "circle-open", line: {width: 1.5}},
      },
    ],
    layout: {
      title: {text: "Firing rate against constant input current"},
      xaxis: {title: {text: "input current x (dimensionless; the threshold is θ)"}},
      yaxis: {title: {text: "spikes per timestep"}, range: [-0.03, 1.06]},
    },
    caption: `Line: closed form; circles: simulation from rest. ${of}`.trim(),
  });
}

/** What each encoding makes of the same values: [T][value] entries by its name. */
export function encodingFigure(
  values: readonly number[],
  encoded: Readonly<Partial<Record<EncodingName, readonly (readonly number[])[]>>>,
): Figure {
  const names = Object.keys(encoded) as EncodingName[];
  const T = encoded[names[0]!]!.length;
  const gap = 0.04;
  const width = (1 - gap * (names.length - 1)) / names.length;
  const axis = (i: number): string => (i === 0 ? "" : String(i + 1));
  const axes = names.flatMap((_, i) => [
    [
      `xaxis${axis(i)}`,
      {
        ...{domain: [i * (width + gap), i * (width + gap) + width], anchor: `y${axis(i)}`, showgrid: false},
        ...{title: {text: "timestep"}, dtick: Math.max(1, Math.round(T / 4)), tick0: 1},
      },
    ],
    [
      `yaxis${axis(i)}`,
      {
        ...{anchor: `x${axis(i)}`, showgrid: false, showticklabels: i === 0},
        ...(i === 0 ? {title: {text: "value encoded"}} : {matches: "y"}),
      },
    ],
  ]);
  return figure({
    data: names.map((name, i) => ({
      ...{type: "heatmap", name, xaxis: `x${axis(i)}`, yaxis: `y${axis(i)}`, zmin: 0, zmax: 1, xgap: 1, ygap: 1},
      x: Array.from({length: T}, (_, t) => t + 1),
      y: values,
      z: values.map((_, n) => encoded[name]!.map((row) => row[n]!)),
      colorscale: [[0, "#ffffff"], [1, "#222222"]], // prettier-ignore
      showscale: i === names.length - 1,
      colorbar: {title: {text: "input at that timestep"}},
    })),
    layout: {
      title: {text: "One value, several codes"},
      height: 380,
      margin: {l: 64, r: 24, t: 76, b: 52},
      ...Object.fromEntries(axes),
      annotations: names.map((name, i) => ({
        ...{xref: `x${axis(i)} domain`, yref: `y${axis(i)} domain`, x: 0.5, y: 1.02, yanchor: "bottom"},
        text: `<b>${name}</b>`,
        showarrow: false,
      })),
    },
    caption: `${values.length} values from ${values[0]} to ${values.at(-1)}, each as input over T = ${T} timesteps; dark is 1, white 0.`,
  });
}
