// One cell of an executed notebook as HTML: Markdown rendered, code folded, outputs in the best form a page can show. It is HTML as
// the notebook has it: whoever puts it into a page sanitises it (sanitise.ts).

import {type Tokens, Marked} from "marked";
import {type Cell, joined} from "./file.js";
import type {Output} from "./outputs.js";
import {escapeHtml} from "./table.js";
import type {Json} from "./wire.js";

export type Heading = {readonly level: number; readonly text: string; readonly id: string};

/** What cells share while a page is written. */
export type Page = {
  /** Headings so far, for the table of contents. */
  readonly headings: Heading[];
  /** Figures so far, each as JSON: a place in the page names its own by its index. */
  readonly figures: string[];
  /** Names of the notebooks on the page: a link to one of them becomes a link within the page. */
  readonly notebooks: readonly string[];
};

/** A heading's address: its words, made different from those before it. */
function idOf(text: string, page: Page): string {
  const words = text.toLowerCase().replace(/<[^>]*>/g, "").match(/[\p{L}\p{N}]+/gu) ?? ["section"]; // prettier-ignore
  const base = words.join("-");
  const taken = new Set(page.headings.map(({id}) => id).concat(page.notebooks));
  let id = base;
  for (let n = 2; taken.has(id); ++n) id = `${base}-${n}`;
  return id;
}

/** Markdown as HTML; its headings are entered into the page's table of contents. */
export function markdownHtml(text: string, page: Page): string {
  const marked = new Marked({gfm: true, async: false});
  marked.use({
    renderer: {
      heading({tokens, depth}: Tokens.Heading): string {
        const html = this.parser.parseInline(tokens);
        const heading = {level: depth, text: html.replace(/<[^>]*>/g, ""), id: idOf(html, page)};
        page.headings.push(heading);
        return `<h${depth} id="${heading.id}">${html}</h${depth}>\n`;
      },
      link({href, tokens}: Tokens.Link): string {
        const [, name] = /^(?:\.\/)?([^/]+)\.ipynb$/.exec(href) ?? [];
        const target = name && page.notebooks.includes(name) ? `#${name}` : href;
        return `<a href="${escapeHtml(target)}">${this.parser.parseInline(tokens)}</a>`;
      },
    },
  });
  return marked.parse(text) as string;
}

/** A picture in a Markdown cell may be attached to it. */
function withAttachments(text: string, {attachments = {}}: Cell): string {
  return text.replace(/attachment:([^\s)"]+)/g, (whole, name: string) => {
    const [type, data] = Object.entries((attachments[name] ?? {}) as Record<string, string>)[0] ?? [];
    return type ? `data:${type};base64,${data}` : whole;
  });
}

const ESCAPE = String.fromCharCode(27);
const plainText = (text: string): string => escapeHtml(text.replaceAll(new RegExp(`${ESCAPE}\\[[\\d;]*m`, "g"), ""));

function picture(data: Json, metadata: Json): string {
  const {width, alt = ""} = (metadata["image/png"] ?? {}) as {width?: unknown; alt?: unknown};
  const size = typeof width === "number" ? ` width="${width}"` : "";
  const bytes = joined(data["image/png"]).replace(/[^\w+/=]/g, ""); // base64
  return `<img alt="${escapeHtml(String(alt))}"${size} src="data:image/png;base64,${bytes}">`;
}

/** A figure: its picture, and the number of the data by which the page's script makes it interactive. */
function figureHtml(data: Json, metadata: Json, page: Page): string {
  const number = page.figures.push(JSON.stringify(data["application/vnd.plotly.v1+json"])) - 1;
  const still = data["image/png"] ? picture(data, metadata) : "";
  return `<div class="figure" data-figure="${number}">${still}</div>`;
}

function bundleHtml(data: Json, metadata: Json, page: Page): string {
  if (data["application/vnd.plotly.v1+json"]) return figureHtml(data, metadata, page);
  if (data["text/html"]) return `<div class="scroll">${joined(data["text/html"])}</div>`;
  if (data["image/svg+xml"]) return `<div class="scroll">${joined(data["image/svg+xml"])}</div>`;
  if (data["image/png"]) return picture(data, metadata);
  if (data["text/markdown"]) return markdownHtml(joined(data["text/markdown"]), page);
  return `<pre>${plainText(joined(data["text/plain"]))}</pre>`;
}

function outputHtml(output: Output, page: Page): string {
  if (output.output_type === "stream")
    return `<pre class="${escapeHtml(String(output.name))}">${plainText(joined(output.text))}</pre>`;
  if (output.output_type === "error")
    return `<pre class="error">${plainText((output.traceback as string[]).join("\n"))}</pre>`;
  return bundleHtml(output.data as Json, (output.metadata ?? {}) as Json, page);
}

export function cellHtml(cell: Cell, page: Page): string {
  const source = joined(cell.source);
  if (cell.cell_type === "markdown") return markdownHtml(withAttachments(source, cell), page);
  if (cell.cell_type !== "code" || source.trim() === "") return "";
  const outputs = (cell.outputs ?? []).map((output) => outputHtml(output, page));
  const label = `code [${escapeHtml(String(cell.execution_count ?? " "))}]`;
  const folded = `<details><summary>${label}</summary><pre class="code">${escapeHtml(source)}</pre></details>`;
  return `<div class="cell">${folded}${outputs.join("\n")}</div>`;
}
