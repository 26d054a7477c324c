// A list of layers as a line of text:
//
//   conv16   16 channels, 3×3      conv32k5   5×5      conv32s2   stride 2      pool   average over 2×2      pool4   over 4×4
//   maxpool  maximum over 2×2      fc64   64 units     fc64d0.2   dropout 0.2 before it
//
// conv16,pool,conv32,pool,fc64 is what `convNet` has unless told otherwise. The readout is not written: classes make it.

import {invalid} from "../check.js";
import type {ConvNetLayer} from "./convNet.js";

/** How layers are written, for help and errors. */
export const LAYER_LIST_HELP = "layers such as conv16,pool,conv32k5s2,maxpool,fc64d0.2";

const FORMS: readonly (readonly [RegExp, (numbers: readonly (number | undefined)[]) => ConvNetLayer])[] = [
  [
    /^conv(\d+)(?:k(\d+))?(?:s(\d+))?$/,
    ([channels, kernelSize, stride]) => ({
      ...{kind: "conv", channels: channels!},
      ...(kernelSize !== undefined && {kernelSize}),
      ...(stride !== undefined && {stride: stride as 1 | 2}),
    }),
  ],
  [/^pool(\d+)?$/, ([window]) => ({kind: "avgPool", ...(window !== undefined && {window})})],
  [/^maxpool(\d+)?$/, ([window]) => ({kind: "maxPool", ...(window !== undefined && {window})})],
  [/^fc(\d+)(?:d(0?\.\d+))?$/, ([units, dropout]) => ({kind: "linear", units: units!, ...(dropout && {dropout})})],
];

/** The layers that a text lists; `convNet` checks their numbers. */
export function parseLayers(text: string): ConvNetLayer[] {
  return text.split(",").map((part) => {
    for (const [form, layer] of FORMS) {
      const match = form.exec(part.trim());
      if (match) return layer(match.slice(1).map((n) => (n === undefined ? undefined : Number(n))));
    }
    throw invalid("layers", part, LAYER_LIST_HELP);
  });
}

/** The same as text; what is as always is not written. */
export const formatLayers = (layers: readonly ConvNetLayer[]): string =>
  layers.map(formatLayer).join(",") || "no hidden layer";

const unless = (usual: number, letter: string, value: number | undefined): string =>
  value === undefined || value === usual ? "" : `${letter}${value}`;

function formatLayer(layer: ConvNetLayer): string {
  switch (layer.kind) {
    case "conv":
      return `conv${layer.channels}${unless(3, "k", layer.kernelSize)}${unless(1, "s", layer.stride)}`;
    case "avgPool":
      return `pool${unless(2, "", layer.window)}`;
    case "maxPool":
      return `maxpool${unless(2, "", layer.window)}`;
    case "linear":
      return `fc${layer.units}${unless(0, "d", layer.dropout)}`;
  }
}
