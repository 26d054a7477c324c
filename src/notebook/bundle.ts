// A value as a mime bundle: the same thing in several forms, from which each viewer takes the best it understands.
//
//   figure   interactive JSON, a PNG at three pixels for two, and words
//   table    HTML and aligned text
//   other    what Node's inspect prints

import {inspect} from "node:util";
import {type Figure, isFigure, sizeOf, titleOf} from "../plots/figure.js";
import {toPng} from "../plots/static.js";
import type {MimeBundle} from "./host.js";
import {isFrame, tableHtml, tableOf, tableText} from "./table.js";

export type Bundle = {readonly data: MimeBundle; readonly metadata: Readonly<Record<string, unknown>>};

/** What stands for a figure where there is only text. */
export const figureText = (figure: Figure): string =>
  `[figure: ${[titleOf(figure), figure.caption].filter(Boolean).join(". ") || "untitled"}]`;

/** A figure's bundle. Only the width is given with the picture: a viewer that resizes it keeps its proportions. */
export async function figureBundle(figure: Figure): Promise<Bundle> {
  const png = await toPng(figure, {scale: 1.5});
  const alt = figure.caption ?? titleOf(figure);
  return {
    data: {
      "application/vnd.plotly.v1+json": {data: figure.data, layout: figure.layout},
      "image/png": png.toString("base64"),
      "text/plain": figureText(figure),
    },
    metadata: {"image/png": {width: sizeOf(figure).width, alt}},
  };
}

export function tableBundle(value: unknown, maxRows?: number): Bundle | undefined {
  const table = tableOf(value);
  if (!table) return undefined;
  return {data: {"text/html": tableHtml(table, maxRows), "text/plain": tableText(table, maxRows)}, metadata: {}};
}

/** The bundle of a cell's last expression: figures and DataFrames as such, everything else as Node prints it. */
export async function resultBundle(value: unknown): Promise<Bundle> {
  if (isFigure(value)) return figureBundle(value);
  const table = isFrame(value) ? tableBundle(value) : undefined;
  return table ?? {data: {"text/plain": inspect(value)}, metadata: {}};
}
