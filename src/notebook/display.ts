// Shows figures, tables and text: in a notebook as what they are, in a terminal as words.

import {invalid} from "../check.js";
import {isFigure} from "../plots/figure.js";
import {type Bundle, figureBundle, figureText, tableBundle} from "./bundle.js";
import {kernelHost} from "./host.js";

function send({data, metadata}: Bundle): void {
  const host = kernelHost();
  if (host) host.display(data, metadata);
  else console.log(data["text/plain"]);
}

/** Shows Markdown text. */
export function showMarkdown(text: string): void {
  send({data: {"text/markdown": text, "text/plain": text}, metadata: {}});
}

async function showNow(thing: unknown, maxRows: number | undefined): Promise<void> {
  if (typeof thing === "string") return showMarkdown(thing);
  if (isFigure(thing)) {
    if (!kernelHost()) return console.log(figureText(thing));
    send(await figureBundle(thing));
    if (thing.caption) showMarkdown(`*${thing.caption}*`);
    return;
  }
  const table = tableBundle(thing, maxRows);
  if (!table)
    throw invalid("thing to show", thing, "a figure, a DataFrame, an array of records, {columns, rows} or text");
  send(table);
}

/**
 * Shows a figure (with its caption under it), a table (a danfo DataFrame or Series, an array of records, or {columns, rows};
 * `maxRows` of its rows, 40 unless told) or Markdown text. A cell waits for what it shows, also without `await`.
 */
export function show(thing: unknown, {maxRows}: {maxRows?: number} = {}): Promise<void> {
  const shown = showNow(thing, maxRows);
  kernelHost()?.hold(shown);
  return shown;
}
