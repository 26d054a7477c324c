// The page around a report: its style, and the script that makes figures interactive. Plotly travels inside the page, once and
// compressed, so that the page works from a file without a network; without scripts the pictures remain.
//
// A content security policy lets the browser run these two scripts and no other, known by their hashes, and fetch nothing.

import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {gzipSync} from "node:zlib";

const STYLE = `
:root { --ink: #222; --soft: #666; --line: #ddd; --tint: #f6f7f9; --link: #0b5fa5; }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; color: var(--ink); background: #fff; font: 16px/1.55 system-ui, "DejaVu Sans", Verdana, sans-serif; }
a { color: var(--link); }
nav { padding: 1rem 1.25rem; background: var(--tint); border-bottom: 1px solid var(--line); font-size: 0.875rem; }
nav p { margin: 0 0 0.5rem; color: var(--soft); }
nav a { display: block; padding: 0.15rem 0; text-decoration: none; line-height: 1.35; }
nav a.level1 { margin-top: 0.5rem; font-weight: 600; }
nav a.level2 { padding-left: 1rem; }
main { max-width: 860px; margin: 0 auto; padding: 0 1.25rem 4rem; overflow-wrap: break-word; }
section { padding-top: 1rem; }
section + section { margin-top: 3rem; border-top: 1px solid var(--line); }
h1 { font-size: 1.75rem; line-height: 1.25; }
h2 { font-size: 1.3rem; margin-top: 2.2rem; }
h3 { font-size: 1.08rem; }
img, svg { max-width: 100%; height: auto; }
pre { margin: 0.5rem 0; padding: 0.6rem 0.8rem; overflow-x: auto; font: 0.82rem/1.45 "DejaVu Sans Mono", Menlo, Consolas, monospace; }
code { font: 0.88em "DejaVu Sans Mono", Menlo, Consolas, monospace; background: var(--tint); padding: 0.1em 0.25em; }
pre code { background: none; padding: 0; font: inherit; }
pre.code { background: var(--tint); border-left: 3px solid #9bb8d3; }
pre.stderr { background: #fff6e5; }
pre.error { background: #fdecea; border-left: 3px solid #c62828; }
blockquote { margin: 1rem 0; padding: 0 1rem; border-left: 3px solid var(--line); color: var(--soft); }
details { margin: 0.75rem 0 0.25rem; }
summary { cursor: pointer; color: var(--soft); font-size: 0.8rem; }
.cell { margin: 0.5rem 0 1rem; }
.figure { margin: 0.75rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.75rem 0; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid #eee; }
th { border-bottom: 2px solid var(--line); }
@media (min-width: 1150px) {
  nav { position: fixed; top: 0; bottom: 0; left: 0; width: 270px; overflow-y: auto; border-right: 1px solid var(--line); border-bottom: 0; }
  main { margin-left: max(290px, calc(50vw - 290px)); margin-right: 0; }
}
@media print { nav { display: none; } details { display: none; } }
`;

/** Unpacks Plotly and replaces each picture by its figure when it comes near the screen. */
const SCRIPT = `
(async () => {
  // children of the body: what notebooks show lies deeper, whatever it calls itself
  const packed = document.querySelector("body > script#plotly");
  const figures = document.querySelector("body > script#figures");
  if (!packed || !figures || typeof DecompressionStream === "undefined") return;
  const bytes = Uint8Array.from(atob(packed.textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
  packed.remove();
  const drawn = JSON.parse(figures.textContent);
  async function draw(place) {
    const figure = drawn[Number(place.dataset.figure)];
    if (!figure) return;
    const {data, layout} = figure;
    const natural = layout.width || 760;
    const sizeNow = () => {
      const width = Math.min(natural, place.clientWidth);
      const narrow = width < 560;
      const legend = narrow ? {orientation: "h", x: 0, y: -0.25, xanchor: "left", yanchor: "top"} : layout.legend || {};
      return {width, height: layout.height || 420, legend: {...layout.legend, ...legend}};
    };
    const holder = document.createElement("div");
    const config = {displaylogo: false, responsive: false};
    await Plotly.newPlot(holder, data, {...layout, ...sizeNow()}, config);
    place.replaceChildren(holder);
    let width = place.clientWidth;
    addEventListener("resize", () => {
      if (place.clientWidth === width) return;
      width = place.clientWidth;
      Plotly.relayout(holder, sizeNow());
    });
  }
  const near = new IntersectionObserver((entries) => {
    for (const {isIntersecting, target} of entries) if (isIntersecting) { near.unobserve(target); draw(target); }
  }, {rootMargin: "600px"});
  for (const place of document.querySelectorAll(".figure")) near.observe(place);
})();
`;

const plotlySource = (): Buffer => readFileSync(createRequire(import.meta.url).resolve("plotly.js-dist"));

const hashOf = (script: string | Buffer): string => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

/**
 * What the browser may do with the page. Scripts: those with these hashes; no others, no handlers in attributes, no eval. Styles stay
 * free: tables align their columns, and Plotly places its parts, by style attributes, which have no hashes. Pictures are those in
 * the page, and those that Plotly saves.
 */
const policyOf = (scripts: readonly (string | Buffer)[]): string =>
  [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

/** A block of data in the page, which no text in it ends. */
const dataBlock = (id: string, type: string, text: string): string =>
  `<script type="${type}" id="${id}">${text.replaceAll("<", "\\u003c")}</script>\n`;

/** Plotly, packed to a quarter of its eleven megabytes, and the figures. */
const interactive = (plotly: Buffer, figures: readonly string[]): string =>
  dataBlock("plotly", "text/plain", gzipSync(plotly, {level: 9}).toString("base64")) +
  dataBlock("figures", "application/json", `[${figures.join(",\n")}]`);

/** The whole page. `contents` and `body` are sanitised HTML; `figures` the JSON of those in the body, by their numbers. */
export function pageHtml({
  title,
  contents,
  body,
  figures,
}: {
  readonly title: string;
  readonly contents: string;
  readonly body: string;
  readonly figures: readonly string[];
}): string {
  const plotly = figures.length > 0 ? plotlySource() : undefined;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(plotly ? [SCRIPT, plotly] : [SCRIPT])}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<nav><p>${title}</p>${contents}</nav>
<main>
${body}
</main>
${plotly ? interactive(plotly, figures) : ""}<script>${SCRIPT}</script>
</body>
</html>
`;
}
