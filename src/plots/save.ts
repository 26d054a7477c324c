// Figures on disk: a PNG to look at, an SVG to print, and the JSON that draws both again.

import {join} from "node:path";
import {writeWhole} from "../atomic.js";
import {InputError} from "../check.js";
import {readText} from "../disk/text.js";
import {giveWay, stepAside} from "../giveWay.js";
import {type Figure, isFigure} from "./figure.js";
import {toPng, toSvg} from "./static.js";

/** Writes `name`.png (2x), `name`.svg and `name`.json in `folder`; returns the PNG's path. */
export async function saveFigure(figure: Figure, folder: string, name: string): Promise<string> {
  writeWhole(join(folder, `${name}.json`), `${JSON.stringify(figure)}\n`);
  writeWhole(join(folder, `${name}.svg`), await toSvg(figure));
  const png = join(folder, `${name}.png`);
  writeWhole(png, await toPng(figure, {scale: 2}));
  return png;
}

/** Writes every figure of a table of figures. */
export async function saveFigures(
  figures: Readonly<Record<string, Figure>>,
  folder: string,
  {signal}: {readonly signal?: AbortSignal | undefined} = {},
): Promise<string[]> {
  const paths: string[] = [];
  for (const [name, drawn] of Object.entries(figures)) {
    await giveWay(signal);
    stepAside(); // drawing waits for nothing
    paths.push(await saveFigure(drawn, folder, name));
  }
  return paths;
}

/** A figure from the JSON that `saveFigure` wrote. */
export function readFigure(path: string): Figure {
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (error) {
    throw new InputError(`cannot read the figure ${path}: ${(error as Error).message}`);
  }
  if (!isFigure(value)) throw new InputError(`no figure in ${path}: expected {"data": [...], "layout": {...}}`);
  return value;
}
