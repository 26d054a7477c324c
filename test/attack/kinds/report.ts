// Names, captions and records that carry script into the report: wherever they stand in a notebook, the page runs none of it.
//
// jsdom loads the page with scripts allowed and no policy, so what holds is the sanitising alone.

import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {JSDOM, VirtualConsole} from "jsdom";
import type {Cell} from "../../../src/notebook/file.js";
import {writeReport} from "../../../src/notebook/report.js";
import type {Random} from "../../../src/random.js";
import type {Kind} from "../kind.js";

const HIT = "window.hit=1";
const PAYLOADS = [
  `<script>${HIT}</script>`,
  `<script src="data:text/javascript,${HIT}"></script>`,
  `<img src=x onerror="${HIT}">`,
  `<IMG/SRC=x/ONERROR=${HIT}>`,
  `<svg onload="${HIT}"><script>${HIT}</script></svg>`,
  `<svg><animate onbegin=${HIT} attributeName=x dur=1s></svg>`,
  `<svg><a xlink:href="javascript:${HIT}"><text>t</text></a></svg>`,
  `<svg><foreignObject><iframe srcdoc="<script>parent.${HIT}</script>"></iframe></foreignObject></svg>`,
  `<a href="javascript:${HIT}">name</a>`,
  `<a href="&#106;ava\tscript:${HIT}">name</a>`,
  `[name](javascript:${HIT})`,
  `[name](<java&#10;script:${HIT}>)`,
  `![x](x"onerror="${HIT})`,
  `# <<b>img src=x onerror=${HIT}//</b>`,
  `# <script>${HIT}</script>`,
  `"><script>${HIT}</script>`,
  `'><img src=x onerror=${HIT}>`,
  `--><script>${HIT}</script><!--`,
  `</pre></details></section></main><script>${HIT}</script>`,
  `<details open ontoggle="${HIT}">x</details>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${HIT}&gt;">`,
  `<form action="javascript:${HIT}"><button>b</button></form>`,
  `<object data="data:text/html,<script>parent.${HIT}</script>"></object>`,
  `<meta http-equiv="refresh" content="0;url=javascript:${HIT}">`,
  `<base href="javascript:${HIT}//">`,
  `<noscript><p title="</noscript><img src=x onerror=${HIT}>">`,
  `<template><script>${HIT}</script></template>`,
  `<div id="plotly">x</div><div class="figure" data-figure="0"></div>`,
];
const AROUND = ["X", "a X b", "**X**", "*X*", "`X", "<p>X</p>", "<table><tr><td>X</td></tr></table>", "<svg>X</svg>", "- X", "> X", "<!-- X", "<title>X</title>"]; // prettier-ignore

const drawn = (random: Random): string => {
  const text = random.choice(AROUND).replace("X", () => random.choice(PAYLOADS));
  return random.integer(3) === 0 ? text + random.choice(PAYLOADS) : text;
};

/** A cell that shows what was drawn at one of the places where a notebook holds text. */
function cellOf(random: Random): Cell {
  const text = drawn(random);
  const display = (data: object, metadata: object = {}): object => ({output_type: "display_data", data, metadata});
  const outputs: readonly (() => object)[] = [
    () => display({"text/html": [text]}),
    () => display({"text/markdown": text}),
    () => display({"image/svg+xml": text}),
    () => display({"text/plain": text}),
    () => display({"image/png": text}, {"image/png": {width: text, alt: text}}),
    () => ({output_type: "stream", name: text, text}),
    () => ({output_type: "error", ename: text, evalue: text, traceback: [text]}),
  ];
  const place = random.integer(outputs.length + 2);
  const common = {metadata: {}, source: place === 0 ? text : "x"};
  if (place === 0) return {...common, cell_type: "markdown"};
  if (place === 1)
    return {...common, cell_type: "markdown", source: "![a](attachment:a)", attachments: {a: {[text]: text}}};
  return {...common, cell_type: "code", execution_count: text, outputs: [outputs[place - 2]!()]} as unknown as Cell;
}

const FORBIDDEN =
  "iframe, object, embed, base, form, style:not(head > style), meta[http-equiv=refresh], link, template";

/** What in the page could run or reach out; undefined where nothing does. */
function foundIn(html: string): string | undefined {
  const {window} = new JSDOM(html, {runScripts: "dangerously", virtualConsole: new VirtualConsole()});
  try {
    if ("hit" in window) return "a script ran";
    const {document} = window;
    if (document.querySelectorAll("script").length !== 1) return "a script came in";
    const forbidden = document.querySelector(FORBIDDEN);
    if (forbidden) return `an element came in: ${forbidden.outerHTML}`;
    for (const {attributes, outerHTML} of document.querySelectorAll("body *"))
      for (const {name, value} of attributes)
        if (/^on/i.test(name) || /^[\s\0-\x20]*(javascript|vbscript|data:text)/i.test(value))
          if (name !== "alt" && name !== "title" && name !== "class") return `an attribute came in: ${outerHTML}`;
    return undefined;
  } finally {
    window.close();
  }
}

export const kinds: readonly Kind[] = [
  {
    name: "report-script",
    held: "names, captions and outputs with script in them are shown, not run",
    ...{count: 1000, small: 12, seconds: 1200},
    attempt: ({random, folder}) => {
      const cells = Array.from({length: 4}, () => cellOf(random));
      const [notebook, page] = [join(folder, "01.ipynb"), join(folder, "report.html")];
      writeFileSync(notebook, JSON.stringify({cells, metadata: {}, nbformat: 4, nbformat_minor: 5}));
      writeReport([notebook], page);
      const found = foundIn(readFileSync(page, "utf8"));
      return found && `${found}\nfrom ${JSON.stringify(cells)}`;
    },
  },
];
