// Compressed networks in figures: accuracy against the bytes of the file and against bit-SynOps; what each layer's bits cost.

import type {CompressionRow, SensitivityRecord} from "../records/compression.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

const TICKS = [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000, 100_000].flatMap((ten) => [ten, 2 * ten, 5 * ten]);

const points = (fraction: number): number => 100 * fraction;

function dots(rows: readonly CompressionRow[], name: string, panel: "" | "2", color: string, symbol: string): Trace {
  return {
    type: "scatter",
    mode: "markers",
    name,
    xaxis: `x${panel}`,
    yaxis: `y${panel}`,
    showlegend: panel === "",
    x: rows.map((row) => (panel === "" ? row.fileBytes / 1000 : row.bitSynOps / 1e6)),
    y: rows.map(({accuracy}) => points(accuracy)),
    text: rows.map(({form, network}) => `${form}<br>${network}`),
    hovertemplate: "%{text}<br>%{x:.3s}, test %{y:.1f} %<extra></extra>",
    error_y: {
      type: "data",
      symmetric: false,
      array: rows.map(({accuracy, accuracyHigh}) => points(accuracyHigh - accuracy)),
      arrayminus: rows.map(({accuracy, accuracyLow}) => points(accuracy - accuracyLow)),
      thickness: 1,
      width: 3,
      color,
    },
    marker: {size: 9, color, symbol},
  };
}

/** Rows by their bits, in order of appearance, the original apart. */
function groups(rows: readonly CompressionRow[]): [string, CompressionRow[]][] {
  const nameOf = ({form, bits}: CompressionRow): string =>
    form === "original" ? "as trained" : bits === "mixed" ? "mixed bits" : bits === 1 ? "1 bit" : `${bits} bits`;
  return [...new Set(rows.map(nameOf))].map((name) => [name, rows.filter((row) => nameOf(row) === name)]);
}

/** Test accuracy with its interval against the length of the packed file and against bit-SynOps, both logarithmic. */
export function compressionFigure(rows: readonly CompressionRow[], {of = ""}: {readonly of?: string} = {}): Figure {
  const drawn = groups(rows).map(([name, own], i) => {
    const [color, symbol] = name === "as trained" ? ["#000000", "diamond"] : [PALETTE[i % PALETTE.length]!, "circle"];
    return [dots(own, name, "", color, symbol), dots(own, name, "2", color, symbol)];
  });
  const axis = {type: "log", tickvals: TICKS, ticktext: TICKS.map(String)};
  return figure({
    data: drawn.flat(),
    layout: {
      title: {text: "What compression costs"},
      xaxis: {...axis, title: {text: "packed file (bytes in thousands)"}, domain: [0, 0.47]},
      yaxis: {title: {text: "test accuracy (%)"}},
      xaxis2: {...axis, title: {text: "bit-SynOps per image (millions)"}, domain: [0.53, 1], anchor: "y2"},
      yaxis2: {matches: "y", anchor: "x2", showticklabels: false},
    },
    caption:
      `Bars: Wilson's 95 % interval over ${rows[0]?.n ?? 0} test images, which all forms share. The file holds everything that the network needs: ` +
      `weights, steps, masks, normalisation, description. bit-SynOps: spikes × weights that are there × their bits. ${of}`.trim(),
  });
}

/** Accuracy on the images that choose, each layer alone at each width. */
export function sensitivityFigure(rows: readonly SensitivityRecord[], {of = ""}: {readonly of?: string} = {}): Figure {
  const layers = [...new Set(rows.map(({layer}) => layer))];
  const widths = [...new Set(rows.map(({bits}) => bits))].sort((a, b) => b - a);
  const at = (layer: string, bits: number): SensitivityRecord => rows.find((row) => row.layer === layer && row.bits === bits)!; // prettier-ignore
  const z = layers.map((layer) => widths.map((bits) => points(at(layer, bits).accuracy)));
  return figure({
    data: [
      {
        type: "heatmap",
        x: widths.map((bits) => (bits === 1 ? "1 bit" : `${bits} bits`)),
        y: layers,
        z,
        text: z.map((row) => row.map((value) => value.toFixed(1))),
        texttemplate: "%{text}",
        colorbar: {title: {text: "accuracy (%)"}},
        hovertemplate: "%{y} at %{x}<br>%{z:.1f} %<extra></extra>",
      },
    ],
    layout: {
      title: {text: "Which layers bear few bits"},
      height: 140 + 28 * layers.length,
      yaxis: {autorange: "reversed"},
    },
    caption:
      `One layer at a time at these bits, all others in float32: accuracy on ${rows[0]?.n ?? 0} images that choose, none of them a test image. ${of}`.trim(),
  });
}
