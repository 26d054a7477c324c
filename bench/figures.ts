// The benchmark in figures: both sides by work, training by the size of its kernels, and convolutions against the rate of spikes.

import {type Figure, figure, PALETTE, type Trace} from "../src/plots/figure.js";
import {BATCH, type ConvPoint, CORES, type Row} from "./measure.js";

/** How many times faster ours is, by work; the line is the peer. */
export function speedFigure(rows: readonly Row[], machine: string): Figure {
  const shown = rows.filter(({ratio}) => ratio !== null).toReversed();
  const range = 2.1 * Math.max(1, ...shown.map(({ratio}) => ratio!)); // room for the text beside the bars
  return figure({
    data: [
      {
        type: "bar",
        orientation: "h",
        x: shown.map(({ratio}) => ratio),
        y: shown.map(({work}) => work),
        marker: {color: shown.map(({ratio}) => (ratio! >= 1 ? PALETTE[0] : PALETTE[1]))},
      },
      {
        type: "scatter",
        mode: "text",
        x: shown.map(({ratio}) => Math.max(1, ratio!) + 0.01 * range), // beside the bar and the line of the peer
        y: shown.map(({work}) => work),
        text: shown.map(({ratio, ours, peer, unit}) => `${ratio!.toFixed(1)}×  (${digits(ours)} against ${digits(peer!)} ${unit})`), // prettier-ignore
        textposition: "middle right",
        cliponaxis: false,
      },
    ],
    layout: {
      title: {text: "spikebook against PyTorch on the same two cores"},
      height: 120 + 34 * shown.length,
      margin: {l: 290, r: 24, t: 52, b: 52},
      xaxis: {
        title: {text: "times as fast as PyTorch (memory: times smaller)"},
        dtick: 1,
        range: [0, range],
      },
      yaxis: {automargin: true, range: [-0.6, shown.length - 0.4]},
      shapes: [{type: "line", x0: 1, x1: 1, y0: 0, y1: 1, yref: "paper", line: {color: "#000000", dash: "dash"}}],
      showlegend: false,
    },
    caption: `Medians; each side at its fastest setting. ${machine}`,
  });
}

/** Core-seconds of a training step: both sides' cores are busy with steps all the time. */
export const coreSeconds = (imagesPerSecond: number): number => (CORES * BATCH) / imagesPerSecond;

/** Time of a training step against the size of the cell's kernels, both sides, a panel for each number of channels. */
export function kernelsFigure(rows: readonly Row[], machine: string): Figure {
  const shown = rows.filter(({kind}) => kind === "training, atan");
  const widths = [...new Set(shown.map(({channels}) => channels))];
  const panels = widths.map((channels, i) => kernelsPanel(shown.filter((row) => row.channels === channels), i)); // prettier-ignore
  const axes = widths.map((channels, i) => {
    const [name, anchor] = [i ? String(i + 1) : "", `x${i ? i + 1 : ""}`];
    const ticks = {tickmode: "array", tickvals: shown.map(({k}) => k), ticktext: shown.map(({k}) => `${k}×${k}`)};
    return {
      [`xaxis${name}`]: {title: {text: `kernels of the cell, ${channels} channels`}, range: [0.4, 11.6], ...ticks},
      [`yaxis${name}`]: {title: {text: "core-seconds of a training step"}, rangemode: "tozero", anchor},
    };
  });
  return figure({
    data: panels.flatMap(({traces}) => traces),
    layout: {
      title: {text: "Training by kernel size: spikebook and PyTorch"},
      grid: {rows: 1, columns: widths.length, pattern: "independent", xgap: 0.16},
      ...Object.assign({}, ...axes),
      annotations: panels.flatMap(({annotations}) => annotations),
      showlegend: false,
    },
    caption:
      `A training step of ${BATCH} images, T = 5, with k×k in the place of the cell's 3×3 convolutions. At ours: how many times as fast as ` +
      `PyTorch. Medians; each side at its fastest setting, a step a core at a time. ${machine}`,
  });
}

/** The lines of one number of channels, named at their right ends, and the ratio at each point of ours. */
function kernelsPanel(rows: readonly Row[], panel: number): {traces: Trace[]; annotations: object[]} {
  const number = panel ? panel + 1 : "";
  const axes = {xaxis: `x${number}`, yaxis: `y${number}`};
  const [ours, peers] = ["ours", "peer"].map((side) =>
    rows.flatMap(({k, [side as "ours" | "peer"]: rate}) => (rate === null ? [] : [{k, seconds: coreSeconds(rate)}])),
  ) as [{k: number; seconds: number}[], {k: number; seconds: number}[]];
  const line = (points: typeof ours, color: string | undefined, dash: string): Trace => ({
    ...{type: "scatter", mode: "lines+markers", x: points.map(({k}) => k), y: points.map(({seconds}) => seconds)},
    ...{line: {color, dash}, marker: {color, size: 8}, ...axes},
  });
  const ratio = rows.at(-1)?.ratio ?? 1; // where the lines end: of two that are close the upper name stands higher
  const [slower, apart] = [ratio < 1, Math.abs(ratio - 1) > 0.3];
  const named = (points: typeof ours, text: string, color: string | undefined, up: boolean): object[] =>
    points.slice(-1).map(({k, seconds}) => ({
      ...{x: k, y: seconds, xref: axes.xaxis, yref: axes.yaxis, text, font: {color}, showarrow: false},
      ...{xanchor: "left", xshift: 8, yshift: up ? 7 : -7},
    }));
  const ratios = rows.flatMap(
    ({k, ours: rate, ratio}) =>
    ratio === null
      ? []
      : [{x: k, y: coreSeconds(rate), xref: axes.xaxis, yref: axes.yaxis, text: `${ratio.toFixed(1)}×`, showarrow: false, yshift: ratio < 1 ? 12 : -12, font: {size: 11}}], // prettier-ignore
  );
  return {
    traces: [line(peers, PALETTE[1], "dash"), line(ours, PALETTE[0], "solid")],
    annotations: [
      ...named(peers, "PyTorch", PALETTE[1], apart || !slower),
      ...named(ours, "spikebook", PALETTE[0], apart || slower),
      ...ratios,
    ],
  };
}

/** To two or three digits. */
export const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)); // prettier-ignore

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

/** Milliseconds of 3×3 convolutions against the rate of spikes, with straight lines through those of ours that go by events. */
export function rateFigure(points: readonly ConvPoint[], machine: string): Figure {
  const shown = points.filter(({k}) => k === 3);
  const nameOf = ({channels, side}: ConvPoint): string => `${channels} channels, ${side}×${side}`;
  const percent = ({rate}: ConvPoint): number => 100 * rate;
  const notes: string[] = [];
  const data = [...new Set(shown.map(nameOf))].flatMap((name, i) => {
    const own = shown.filter((point) => nameOf(point) === name);
    const color = PALETTE[i];
    const dots = (by: ConvPoint["by"], label: string, symbol: string): Trace[] => {
      const some = own.filter((point) => point.by === by);
      const [x, y] = [some.map(percent), some.map(({ours}) => ours)];
      return some.length ? [{type: "scatter", mode: "markers", name: `${name}, ${label}`, x, y, marker: {color, size: 9, symbol}}] : []; // prettier-ignore
    };
    const events = own.filter(({by}) => by === "events");
    const others = [...new Set(own.map(({by}) => by))].filter((by) => by !== "events" && by !== "windows");
    const x = events.map(percent);
    const line = events.length > 2 ? straightLine(x, events.map(({ours}) => ours)) : undefined; // prettier-ignore
    const dense = own.reduce((sum, {tfjs}) => sum + tfjs, 0) / own.length;
    notes.push(`${name}: tfjs's dense convolution ${dense.toFixed(1)} ms at any rate`);
    const peer = own.some((point) => point.peer !== null);
    return [
      ...dots("events", "by events", "circle"),
      ...(line ? [{type: "scatter", mode: "lines", name: `straight line, R² = ${line.r2.toFixed(3)}`, x, y: x.map((v) => line.a + line.b * v), line: {color, width: 1.5}}] : []), // prettier-ignore
      ...dots("windows", "by look-ups", "circle-open"),
      ...others.flatMap((by) => dots(by, `by ${by}`, "square-open")),
      ...(peer ? [{type: "scatter", mode: "lines", name: "oneDNN, dense", x: own.map(percent), y: own.map((p) => p.peer), line: {color, dash: "dash"}}] : []), // prettier-ignore
    ];
  });
  return figure({
    data,
    layout: {
      title: {text: "A 3×3 convolution of spikes, 32 maps on one core"},
      xaxis: {title: {text: "spikes (% of positions and channels)"}, rangemode: "tozero"},
      yaxis: {title: {text: "milliseconds"}, rangemode: "tozero"},
    },
    caption: `Dots: ours, by events, whose cost follows the spikes, or otherwise where that is sooner. ${notes.join("; ")}. ${machine}`,
  });
}
