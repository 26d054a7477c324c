// A contact sheet: some images of every class, one class a row.

import {checkInteger, invalid} from "../check.js";
import type {Dataset, SampleSet} from "../datasets/dataset.js";
import {encodePng} from "./canvas.js";
import {originOf} from "../records/provenance.js";
import {BLANK_AXIS, type Figure, figure, WIDTH} from "./figure.js";

/** Pixels between two images. */
const GAP = 1;

/** Indices of the first `count` images of a class. */
function firstOf({labels}: SampleSet, label: number, count: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < labels.length && found.length < count; ++i) if (labels[i] === label) found.push(i);
  return found;
}

/** Copies image `index` of the set into an RGBA picture at (left, top). */
function paste(
  [height, width, channels]: readonly [number, number, number],
  {samples}: SampleSet,
  index: number,
  picture: {readonly width: number; readonly data: Uint8ClampedArray},
  [left, top]: readonly [number, number],
): void {
  const white = samples instanceof Uint8Array ? 1 : 255;
  for (let y = 0; y < height; ++y)
    for (let x = 0; x < width; ++x) {
      const from = ((index * height + y) * width + x) * channels;
      const to = 4 * ((top + y) * picture.width + left + x);
      for (let c = 0; c < 3; ++c) picture.data[to + c] = white * samples[from + (channels === 3 ? c : 0)]!;
      picture.data[to + 3] = 255;
    }
}

/** The first `columns` training images of each class (of at most `rows` classes). */
export function contactSheetFigure(
  data: Dataset,
  {columns = 12, rows = 10}: {columns?: number; rows?: number} = {},
): Figure {
  checkInteger("columns", columns);
  checkInteger("rows", rows);
  const shown = data.classes.slice(0, rows);
  const shape = data.sampleShape;
  if (shape.length !== 3 || data.modality !== "image") throw invalid("data to show", data.name, "images without time");
  const pitch = {x: shape[1] + GAP, y: shape[0] + GAP};
  const [width, height] = [columns * pitch.x - GAP, shown.length * pitch.y - GAP];
  const picture = {width, height, data: new Uint8ClampedArray(4 * width * height).fill(255)};
  for (const row of shown.keys())
    for (const [column, index] of firstOf(data.train, row, columns).entries())
      paste(shape, data.train, index, picture, [column * pitch.x, row * pitch.y]);
  const left = 130;
  const drawn = WIDTH - left - 16;
  return figure({
    data: [{type: "scatter", x: [], y: [], hoverinfo: "skip"}], // axes need a trace; the picture lies below it
    layout: {
      title: {text: `Some images of ${data.name}${data.procedural ? " (procedural)" : ""}`},
      height: Math.round((drawn * height) / width) + 52 + 16,
      margin: {l: left, r: 16, t: 52, b: 16},
      images: [
        {
          source: `data:image/png;base64,${encodePng(picture).toString("base64")}`,
          ...{xref: "x", yref: "y", x: -0.5, y: -0.5, sizex: width, sizey: height, sizing: "stretch", layer: "below"},
        },
      ],
      xaxis: {...BLANK_AXIS, range: [-0.5, width - 0.5]},
      yaxis: {
        showgrid: false,
        showline: false,
        zeroline: false,
        ticks: "",
        range: [height - 0.5, -0.5],
        tickvals: [...shown.keys()].map((row) => row * pitch.y + shape[0] / 2),
        ticktext: shown,
      },
    },
    caption:
      `${originOf(data)}: the first ${columns} training images of ${shown.length === data.classes.length ? "each of" : "the first"} ` +
      `${shown.length} classes, ${shape[1]}×${shape[0]} pixels.`,
  });
}
