// Membrane potentials: a neuron charges, and where it reaches its threshold it fires and falls back.

import {check} from "../check.js";
import type {LayerActivity} from "../training/observe.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

export type Potential = {
  readonly name: string;
  /** Potential before the reset, by timestep. */
  readonly u: readonly number[];
  /** Potential after the reset. */
  readonly v: readonly number[];
  /** 1 where it fires. */
  readonly s: readonly number[];
  /** One number, or the threshold in force at each timestep; none for a state that nothing fires on. */
  readonly threshold?: number | readonly number[];
};

/** Some neurons of a layer, by index; the reset (to 0, or by the threshold) is the neuron's. */
export const potentialsOf = (
  {layer, spikes, membranes, threshold}: LayerActivity,
  neurons: readonly number[],
  reset: "hard" | "soft" = "hard",
): Potential[] =>
  neurons.map((n) => {
    const [u, s] = [membranes.map((row) => row[n]!), spikes.map((row) => row[n]!)];
    const v = u.map((value, t) => (s[t] ? (reset === "hard" ? 0 : value - threshold) : value));
    return {name: `${layer}[${n}]`, ...{u, v, s, threshold}};
  });

/** From rest (0 at time 0): up to u at each timestep, then, on a spike, straight down to v. */
function sawtooth({u, v, s}: Potential): {x: number[]; y: number[]} {
  const [x, y] = [[0], [0]];
  u.forEach((value, t) => {
    x.push(t + 1);
    y.push(value);
    if (!s[t]) return;
    x.push(t + 1);
    y.push(v[t]!);
  });
  return {x, y};
}

/** The threshold as a dashed line: level, or stepping to what is in force at each timestep. */
function thresholdTrace(threshold: number | readonly number[], T: number, on: Trace): Trace {
  const values = typeof threshold === "number" ? [threshold, threshold] : [threshold[0]!, ...threshold];
  return {
    ...{...on, mode: "lines", name: "threshold θ", hoverinfo: "skip"},
    ...{x: typeof threshold === "number" ? [0, T] : values.map((_, t) => t), y: values},
    line: {color: "#555555", width: 1, dash: "dash", ...(typeof threshold !== "number" && {shape: "vh"})},
  };
}

function tracesOf(potential: Potential, axis: string, color: string): Trace[] {
  const fired = potential.s.flatMap((spike, t) => (spike ? [t] : []));
  const on = {xaxis: `x${axis}`, yaxis: `y${axis}`, type: "scatter", showlegend: false};
  const T = potential.u.length;
  return [
    {...on, mode: "lines", name: potential.name, ...sawtooth(potential), line: {color, width: 2}},
    ...(potential.threshold === undefined ? [] : [thresholdTrace(potential.threshold, T, on)]),
    {
      ...{...on, mode: "markers", name: "spike"},
      ...{x: fired.map((t) => t + 1), y: fired.map((t) => potential.u[t]!)},
      marker: {color, size: 9, symbol: "triangle-up"},
    },
  ];
}

/** One panel a neuron. `of` says what drives them, for the caption. */
export function membraneFigure(
  potentials: readonly Potential[],
  {of = "", title = "Membrane potentials"}: {of?: string; title?: string} = {},
): Figure {
  check("potentials", potentials.length, potentials.length > 0, "one or more neurons");
  const rows = potentials.length;
  const gap = 0.05;
  const height = (1 - gap * (rows - 1)) / rows;
  const axis = (i: number): string => (i === 0 ? "" : String(i + 1));
  const T = potentials[0]!.u.length;
  const axes = potentials.flatMap(({name}, i) => {
    const bottom = 1 - height - i * (height + gap);
    const last = i === rows - 1;
    return [
      [
        `xaxis${axis(i)}`,
        {
          ...{anchor: `y${axis(i)}`, range: [0, T + 0.3], dtick: Math.max(1, Math.ceil(T / 10)), showticklabels: last},
          ...(last && {title: {text: "timestep"}}),
          ...(i > 0 && {matches: "x"}),
        },
      ],
      [
        `yaxis${axis(i)}`,
        {domain: [Math.max(0, bottom), bottom + height], anchor: `x${axis(i)}`, title: {text: name}, nticks: 4},
      ],
    ];
  });
  return figure({
    data: potentials.flatMap((potential, i) => tracesOf(potential, axis(i), PALETTE[i % PALETTE.length]!)),
    layout: {
      title: {text: title},
      height: 100 + 110 * rows,
      ...Object.fromEntries(axes),
    },
    caption:
      `Membrane potential in units of the threshold's scale (dimensionless), from rest; dashed: threshold θ; triangles: spikes, after which the potential is reset. ${of}`.trim(),
  });
}
