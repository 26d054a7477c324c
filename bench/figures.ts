// The benchmark in figures: both sides by work, and convolutions against the rate of spikes.

import {type Figure, figure, PALETTE} from "../src/plots/figure.js";
import type {ConvPoint, Row} from "./measure.js";

/** How many times faster ours is, by work; the line is the peer. */
export function speedFigure(rows: readonly Row[], machine: string): Figure {
  const shown = rows.filter(({ratio}) => ratio !== null).toReversed();
  return figure({
    data: [
      {
        type: "bar",
        orientation: "h",
        x: shown.map(({ratio}) => ratio),
        y: shown.map(({work}) => work),
        text: shown.map(({ratio, ours, peer, unit}) => `${ratio!.toFixed(1)}×  (${digits(ours)} against ${digits(peer!)} ${unit})`), // prettier-ignore
        textposition: "outside",
        cliponaxis: false,
        marker: {color: shown.map(({ratio}) => (ratio! >= 1 ? PALETTE[0] : PALETTE[1]))},
      },
    ],
    layout: {
      title: {text: "spikebook against PyTorch on the same two cores"},
      height: 120 + 34 * shown.length,
      margin: {l: 290, r: 200, t: 52, b: 52},
      xaxis: {title: {text: "times as fast as PyTorch (memory: times smaller)"}, rangemode: "tozero"},
      yaxis: {automargin: true},
      shapes: [{type: "line", x0: 1, x1: 1, y0: 0, y1: 1, yref: "paper", line: {color: "#000000", dash: "dash"}}],
      showlegend: false,
    },
    caption: `Medians; each side at its fastest setting. ${machine}`,
  });
}

const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)); // prettier-ignore

/** Least squares y = a + b·x, with the share R² of the variance that it explains. */
export function straightLine(x: readonly number[], y: readonly number[]): {a: number; b: number; r2: number} {
  const mean = (v: readonly number[]): number => v.reduce((s, e) => s + e, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const sxx = x.reduce((s, e) => s + (e - mx) ** 2, 0);
  const sxy = x.reduce((s, e, i) => s + (e - mx) * (y[i]! - my), 0);
  const syy = y.reduce((s, e) => s + (e - my) ** 2, 0);
  const b = sxy / sxx;
  return {a: my - b * mx, b, r2: syy === 0 ? 1 : sxy ** 2 / (sxx * syy)};
}

/** Milliseconds of 3×3 convolutions against the rate of spikes, with straight lines through ours. */
export function rateFigure(points: readonly ConvPoint[], machine: string): Figure {
  const shown = points.filter(({k}) => k === 3);
  const groups = [...new Set(shown.map(({channels, side}) => `${channels}, ${side}×${side}`))];
  const fits: string[] = [];
  const data = groups.flatMap((name, i) => {
    const own = shown.filter(({channels, side}) => `${channels}, ${side}×${side}` === name);
    const x = own.map(({rate}) => 100 * rate);
    const fit = straightLine(x, own.map(({ours}) => ours)); // prettier-ignore
    fits.push(`${name}: R² = ${fit.r2.toFixed(2)}`);
    const color = PALETTE[i];
    const peer = own.some((point) => point.peer !== null);
    return [
      {type: "scatter", mode: "markers", name: `ours, ${name}`, x, y: own.map(({ours}) => ours), marker: {color, size: 8}},
      {type: "scatter", mode: "lines", showlegend: false, x, y: x.map((v) => fit.a + fit.b * v), line: {color, width: 1.5}},
      {type: "scatter", mode: "lines", name: `tfjs dense, ${name}`, x, y: own.map(({tfjs}) => tfjs), line: {color, dash: "dot"}},
      ...(peer ? [{type: "scatter", mode: "lines", name: `oneDNN, ${name}`, x, y: own.map((p) => p.peer), line: {color, dash: "dash"}}] : []),
    ]; // prettier-ignore
  });
  return figure({
    data,
    layout: {
      title: {text: "A 3×3 convolution of spikes, 32 maps on one core"},
      xaxis: {title: {text: "spikes (% of positions and channels)"}, rangemode: "tozero"},
      yaxis: {title: {text: "milliseconds (logarithmic)"}, type: "log"},
      legend: {font: {size: 10}},
    },
    caption: `Channels and map of each line in the legend. Straight lines through ours: ${fits.join("; ")}. ${machine}`,
  });
}
