// A figure as a file: Plotly draws it into SVG outside a browser, and resvg paints the SVG as PNG.

import {createRequire} from "node:module";
import {loadPlotly} from "./dom.js";
import {type Figure, sizeOf} from "./figure.js";
import {packPng} from "./png.js";
import {FONT_FAMILY, fontFiles} from "./textWidth.js";

const require = createRequire(import.meta.url);

type Json = Record<string, unknown>;

/** Tick labels are kept whatever their measured box: hiding them depends on a browser's layout. */
const KEEP_LABELS = {ticklabeloverflow: "allow"};
const keepLabels = (part: unknown): Json => ({...KEEP_LABELS, ...(part as Json | undefined)});

/** Names of the axes a figure uses: those of its layout, of its traces and of its grid. */
function axesOf({data, layout}: Figure): Set<string> {
  const names = new Set(["xaxis", "yaxis", ...Object.keys(layout).filter((key) => /^[xy]axis\d+$/.test(key))]);
  for (const trace of data)
    for (const letter of "xy") {
      const axis = trace[`${letter}axis`];
      if (typeof axis === "string") names.add(`${letter}axis${axis.slice(1)}`);
    }
  const {rows = 0, columns = 0} = (layout.grid ?? {}) as {rows?: number; columns?: number};
  for (let i = 2; i <= rows * columns; ++i) names.add(`xaxis${i}`).add(`yaxis${i}`);
  return names;
}

function prepare(figure: Figure): {data: Json[]; layout: Json} {
  const {data, layout} = structuredClone({data: figure.data, layout: figure.layout}) as {data: Json[]; layout: Json};
  for (const name of axesOf(figure)) layout[name] = keepLabels(layout[name]);
  for (const name of Object.keys(layout))
    if (/^coloraxis\d*$/.test(name)) {
      const axis = layout[name] as Json;
      axis.colorbar = keepLabels(axis.colorbar);
    }
  for (const trace of data) {
    const marker = trace.marker as Json | undefined;
    if (trace.colorbar || trace.z) trace.colorbar = keepLabels(trace.colorbar);
    if (marker?.colorbar || marker?.showscale) marker.colorbar = keepLabels(marker.colorbar);
  }
  return {data, layout};
}

/** The figure as the text of an SVG file. */
export async function toSvg(figure: Figure, options: {width?: number; height?: number} = {}): Promise<string> {
  const size = sizeOf(figure);
  const {width = size.width, height = size.height} = options;
  const {data, layout} = prepare(figure);
  const url = await loadPlotly().toImage(
    {data, layout, config: {staticPlot: true}},
    {format: "svg", width, height, imageDataOnly: true},
  );
  return url.startsWith("data:") ? decodeURIComponent(url.slice(url.indexOf(",") + 1)) : url;
}

/** The figure as a PNG file; `scale` 2 gives two pixels for one of the figure's, as sharp screens want. */
export async function toPng(figure: Figure, {scale = 2}: {scale?: number} = {}): Promise<Buffer> {
  const svg = await toSvg(figure);
  const {Resvg} = require("@resvg/resvg-js") as typeof import("@resvg/resvg-js");
  const picture = new Resvg(svg, {
    fitTo: {mode: "zoom", value: scale},
    background: "white",
    imageRendering: 1, // keep the pixels of rasters square
    font: {loadSystemFonts: false, fontFiles: [...fontFiles], defaultFontFamily: FONT_FAMILY},
  });
  return packPng(picture.render());
}
