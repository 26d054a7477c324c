// The report: executed notebooks as one page to read, with their figures interactive and their code folded away.

import {basename} from "node:path";
import {writeWhole} from "../atomic.js";
import {readNotebook} from "./file.js";
import {type Heading, type Page, cellHtml} from "./reportCell.js";
import {pageHtml} from "./reportPage.js";
import {sanitised} from "./sanitise.js";
import {escapeHtml} from "./table.js";

/** Titles and sections; what is deeper would make a list that nobody reads. */
const contentsOf = (headings: readonly Heading[]): string =>
  headings
    .filter(({level}) => level <= 2)
    .map(({level, text, id}) => `<a class="level${level}" href="#${escapeHtml(id)}">${text}</a>`)
    .join("\n");

/** Writes executed notebooks as one HTML page that works from a file without a network. */
export function writeReport(
  notebooks: readonly string[],
  outFile: string,
  {title = "spikebook report"}: {title?: string} = {},
): void {
  const names = notebooks.map((file) => basename(file, ".ipynb"));
  const page: Page = {headings: [], figures: [], notebooks: names};
  const sections = notebooks.map((file, i) => {
    const cells = readNotebook(file).cells.map((cell) => sanitised(cellHtml(cell, page)));
    return `<section id="${escapeHtml(names[i]!)}">\n${cells.join("\n")}\n</section>`;
  });
  const contents = sanitised(contentsOf(page.headings));
  const html = pageHtml({title: escapeHtml(title), contents, body: sections.join("\n"), figures: page.figures});
  writeWhole(outFile, html);
}
