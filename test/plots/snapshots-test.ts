// Every figure as it was the last time that somebody looked: data and layout of test/plots/cases.ts beside snapshots/*.json, numbers
// to four digits. Where a figure is meant to change: UPDATE_SNAPSHOTS=1 npx mocha build/test/plots/snapshots-test.js, and look at
// what git shows.

import assert from "node:assert";
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {pathToFileURL} from "node:url";
import {type Figure, figure} from "../../src/plots/figure.js";
import {packageRoot} from "../../src/root.js";
import {CASES, NOT_DRAWN, WITHOUT_DATA, WITHOUT_RECORDS} from "./cases.js";

const FOLDER = join(packageRoot, "test/plots/snapshots");
const UPDATE = process.env.UPDATE_SNAPSHOTS === "1";
const HOW = "if it is meant, UPDATE_SNAPSHOTS=1 npx mocha build/test/plots/snapshots-test.js writes it anew";
const {template: THEME} = figure({data: []}).layout;

type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json};

/** Numbers to four digits, counts as they are; pictures by their length. */
function rounded(value: Json): Json {
  if (typeof value === "number") return Number.isInteger(value) ? value : Number(value.toPrecision(4));
  if (typeof value === "string") return value.startsWith("data:") ? `${value.slice(0, 22)}… ${value.length}` : value;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(rounded);
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, rounded(v)]));
}

/** One line for a list of plain values, two spaces for each level. */
function text(value: Json): string {
  const lines = JSON.stringify(value, null, 2);
  return `${lines.replace(/\[\n[^[\]{}]*\]/g, (list) => JSON.stringify(JSON.parse(list)))}\n`;
}

/** The snapshot of a figure; the theme that all share has its own. */
function snapshotOf({data, layout: {template, ...layout}, caption}: Figure): string {
  assert.deepStrictEqual(template, THEME);
  return text(rounded({data, layout, caption: caption ?? null} as never));
}

function compare(name: string, actual: string): void {
  const path = join(FOLDER, `${name}.json`);
  if (UPDATE) {
    mkdirSync(FOLDER, {recursive: true});
    writeFileSync(path, actual);
    return;
  }
  assert.ok(existsSync(path), `no snapshot ${name}.json; ${HOW}`);
  assert.strictEqual(actual, readFileSync(path, "utf8"), `figure ${name} is not what its snapshot shows; ${HOW}`);
}

describe("snapshots of figures", () => {
  for (const [name, draw] of Object.entries(CASES)) it(name, () => compare(name, snapshotOf(draw())));

  it("the theme", () => compare("theme", text(rounded(THEME as Json))));

  it("are of every figure, and of nothing else", async () => {
    const kept = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ""));
    const stale = kept.filter((name) => name !== "theme" && !Object.hasOwn(CASES, name));
    if (UPDATE) for (const name of stale) rmSync(join(FOLDER, `${name}.json`));
    else assert.deepStrictEqual(stale, [], `snapshots of no figure; ${HOW}`);

    const source = readFileSync(join(packageRoot, "test/plots/cases.ts"), "utf8");
    const folder = join(packageRoot, "build/src/plots");
    for (const file of readdirSync(folder).filter((entry) => entry.endsWith(".js"))) {
      const names = Object.keys((await import(pathToFileURL(join(folder, file)).href)) as object);
      for (const name of names.filter((one) => one.endsWith("Figure") && !NOT_DRAWN.includes(one)))
        assert.match(
          source,
          new RegExp(`\\b${name}\\(`),
          `${name} of plots/${file} has no case in test/plots/cases.ts`,
        );
    }
  });
});

/** Units, and what is counted or has none; the title of every axis of numbers names one. */
const UNIT = /\((%|bits|bytes|timesteps|[a-z ]*(millions?|thousands)|[^)]*parameters|µJ[^)]*|(percentage )?points[^)]*|pixels[^)]*|[^)]*nats|logarithmic|dimensionless[^)]*|spikes per neuron and timestep)\)|spikes per /; // prettier-ignore
const COUNTED = [
  "budget (parameters)",
  "candidates scored",
  "derivative used backwards", // of a step without unit
  "distance from the threshold, u − θ", // as the threshold
  "edges of the cell with a convolution",
  "epoch",
  "epochs of training, of all networks together",
  "Kendall's τ with test accuracy",
  "networks, by their mean score",
  "networks drawn",
  "operations per image",
  "parameters",
  "queries: networks trained and validated",
  "score (sahd)",
  "step",
  "timestep",
  "trained networks that the predictor learnt from",
  "value encoded",
];

/** "cell1.n0[3]": the axis of one neuron's potential, whose unit the caption names. */
const NEURON = /^[\w.]+\[\d+\]$/;

type Axis = {readonly title?: {readonly text?: string}; readonly showticklabels?: boolean; readonly visible?: boolean; readonly matches?: string}; // prettier-ignore

/** The axes that hold numbers and show them. */
function axesOfNumbers({data, layout}: Figure): [string, Axis][] {
  const letters = ["x", "y"] as const;
  return letters.flatMap((letter) => {
    const used = data.flatMap((trace) => {
      const values = (trace[letter] ?? []) as readonly unknown[];
      const counted = trace.type === "histogram" && trace[letter] === undefined;
      const axis = String(trace[`${letter}axis`] ?? letter);
      return counted || values.some((value) => typeof value === "number")
        ? [axis.replace(letter, `${letter}axis`)]
        : [];
    });
    return [...new Set(used)].map((axis): [string, Axis] => [axis, (layout[axis] ?? {}) as Axis]);
  });
}

describe("figures", () => {
  for (const [name, draw] of Object.entries(CASES)) {
    it(`${name}: every axis of numbers has a title with its unit`, () => {
      const drawn = draw();
      const axes = axesOfNumbers(drawn);
      for (const [axis, {title, showticklabels = true, visible = true, matches}] of axes) {
        if (!showticklabels || !visible || matches) continue;
        const beside = axes.find(([other, {title: own}]) => other[0] === axis[0] && own?.text); // panels share a title
        const words = title?.text ?? beside?.[1].title?.text ?? "";
        const known = UNIT.test(words) || COUNTED.includes(words) || NEURON.test(words);
        assert.ok(known, `${axis}: "${words}" is no title with a unit`);
      }
    });

    it(`${name}: holds no NaN, and words without holes`, () => {
      const {data, layout, caption} = draw();
      const walk = (value: unknown, path: string): void => {
        assert.ok(value !== null && value !== undefined, `${path} is no number`);
        if (typeof value === "string") assert.doesNotMatch(value, /\bNaN\b|undefined|Infinity|\[object/, path);
        else if (typeof value === "object") for (const [key, v] of Object.entries(value)) walk(v, `${path}.${key}`);
      };
      walk({data, layout, caption}, name);
    });

    if (!WITHOUT_RECORDS.includes(name))
      it(`${name}: the caption names the data and how many`, () => {
        const {caption = ""} = draw();
        if (!WITHOUT_DATA.includes(name))
          assert.match(caption, /cifar10|CIFAR-10|procedural-\d+|SpikeNAS-Bench|networks drawn/);
        assert.match(
          caption,
          /\bn = \d|\d+ (seed|(test |training )?image|pair|network|drawn)|(all|of the) [\d,]+|one image/,
        );
      });
  }
});
