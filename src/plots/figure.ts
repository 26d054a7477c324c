// A figure is a plain record in Plotly's JSON, dressed in one house theme: the same font, colours that colour-blind readers
// can tell apart (Okabe and Ito 2008), a legend beside the plot, and a width that fits a notebook's cell.

import {checkOptions} from "../check.js";
import {FONT_FAMILY} from "./textWidth.js";

/** One trace of Plotly: {type: "scatter", x: [...], y: [...]}. */
export type Trace = Record<string, unknown>;

export type Figure = {
  readonly data: readonly Trace[];
  readonly layout: Record<string, unknown>;
  /** What the figure shows, in sentences that stand alone: printed under it, and read aloud in its place. */
  readonly caption?: string;
};

/** Natural size in pixels. */
export const WIDTH = 760;
export const HEIGHT = 420;

/** Okabe and Ito's colours without yellow, which is too pale for a line on white. */
export const PALETTE: readonly string[] = [
  "#0072B2", // blue
  "#D55E00", // vermilion
  "#009E73", // green
  "#CC79A7", // purple
  "#E69F00", // orange
  "#56B4E9", // sky
  "#000000",
];

const AXIS = {
  gridcolor: "#e6e6e6",
  linecolor: "#555555",
  zerolinecolor: "#cccccc",
  showline: true,
  ticks: "outside",
  tickcolor: "#555555",
  automargin: true,
  title: {standoff: 8},
};

const COLORBAR = {outlinewidth: 0, title: {side: "right"}, thickness: 16};

/** An axis that shows nothing, for pictures. */
export const BLANK_AXIS = {visible: false, showgrid: false, zeroline: false};

const TEMPLATE = {
  layout: {
    font: {family: `${FONT_FAMILY}, Verdana, sans-serif`, size: 12, color: "#222222"},
    title: {font: {size: 15}, x: 0.02, xanchor: "left"},
    colorway: PALETTE,
    colorscale: {sequential: "Viridis", sequentialminus: "Viridis", diverging: "RdBu"},
    paper_bgcolor: "#ffffff",
    plot_bgcolor: "#ffffff",
    xaxis: AXIS,
    yaxis: AXIS,
    legend: {x: 1.02, y: 1, xanchor: "left", yanchor: "top", bgcolor: "rgba(255,255,255,0.85)"},
    hovermode: "closest",
    annotationdefaults: {arrowcolor: "#555555", arrowhead: 2, arrowwidth: 1.5},
  },
  data: {
    scatter: [{marker: {colorbar: COLORBAR}}],
    heatmap: [{colorscale: "Viridis", colorbar: COLORBAR}],
    contour: [{colorscale: "Viridis", colorbar: COLORBAR}],
  },
};

/** Plain JSON: typed arrays become arrays, and numbers that JSON lacks become gaps (null). */
function plain(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (v === undefined ? [] : [[k, plain(v)]])));
}

/** A figure in the house theme. What `layout` says wins over the theme, key by key. */
export function figure(parts: {
  data: readonly Trace[];
  layout?: Record<string, unknown>;
  caption?: string | undefined;
}): Figure {
  checkOptions("figure", parts, ["data", "layout", "caption"]);
  const titled = parts.layout?.title !== undefined;
  const layout = {
    template: TEMPLATE,
    width: WIDTH,
    height: HEIGHT,
    margin: {l: 64, r: 24, t: titled ? 52 : 24, b: 52},
    ...parts.layout,
  };
  return {
    data: plain(parts.data) as Trace[],
    layout: plain(layout) as Record<string, unknown>,
    ...(parts.caption === undefined ? {} : {caption: parts.caption}),
  };
}

/** Whether a value is a figure: a record with an array of traces and a layout. */
export function isFigure(value: unknown): value is Figure {
  if (typeof value !== "object" || value === null) return false;
  const {data, layout} = value as Partial<Figure>;
  return Array.isArray(data) && typeof layout === "object" && layout !== null && !Array.isArray(layout);
}

/** The title's words, without markup; empty when there is none. */
export function titleOf({layout}: Figure): string {
  const title = layout.title as {text?: unknown} | string | undefined;
  const text = typeof title === "object" ? title.text : title;
  return typeof text === "string" ? text.replace(/<[^>]*>/g, " ").trim() : "";
}

/** Width and height in pixels. */
export function sizeOf({layout}: Figure): {width: number; height: number} {
  const {width, height} = layout;
  return {width: typeof width === "number" ? width : WIDTH, height: typeof height === "number" ? height : HEIGHT};
}
