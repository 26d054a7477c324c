// Plotly without a browser: jsdom holds the document, and what jsdom lacks (text boxes, path lengths, a 2D canvas) is
// supplied here. plotly.js-cartesian holds every trace of flat axes and nothing that needs WebGL.

import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {type Element, box, textBox} from "./boxes.js";
import {createContext, encodePng} from "./canvas.js";

const require = createRequire(import.meta.url);

export type Plotly = {
  toImage(
    figure: {data: unknown; layout: unknown; config: unknown},
    options: {format: "svg"; width: number; height: number; imageDataOnly: boolean},
  ): Promise<string>;
};

/** Corners of a path of straight lines ("M0,0L10,5"): what arrows are drawn along. */
function corners(node: Element): {x: number; y: number}[] {
  const numbers = (node.getAttribute?.("d") ?? "").match(/-?[\d.]+(e-?\d+)?/g)?.map(Number) ?? [];
  return Array.from({length: numbers.length >> 1}, (_, i) => ({x: numbers[2 * i]!, y: numbers[2 * i + 1]!}));
}

function pathLength(node: Element): number {
  return corners(node).reduce((sum, p, i, all) => sum + (i && Math.hypot(p.x - all[i - 1]!.x, p.y - all[i - 1]!.y)), 0);
}

function pointAtLength(node: Element, length: number): {x: number; y: number} {
  const points = corners(node);
  let left = length;
  for (let i = 1; i < points.length; ++i) {
    const [a, b] = [points[i - 1]!, points[i]!];
    const step = Math.hypot(b.x - a.x, b.y - a.y);
    if (left <= step) return {x: a.x + ((b.x - a.x) * left) / (step || 1), y: a.y + ((b.y - a.y) * left) / (step || 1)};
    left -= step;
  }
  return points.at(-1) ?? {x: 0, y: 0};
}

type Window = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- jsdom's window, given what it lacks

function supply(window: Window): void {
  const svg = window.SVGElement.prototype;
  svg.getBBox = function (this: Element) {
    return textBox(this, false);
  };
  svg.getBoundingClientRect = function (this: Element) {
    return this.getAttribute?.("class") === "js-reference-point" ? box(0, 0, 1, 1) : textBox(this, true);
  };
  svg.getComputedTextLength = function (this: Element) {
    return textBox(this, false).width;
  };
  svg.getTotalLength = function (this: Element) {
    return pathLength(this);
  };
  svg.getPointAtLength = function (this: Element, length: number) {
    return pointAtLength(this, length);
  };
  svg.getScreenCTM = () => null;
  window.HTMLElement.prototype.getBoundingClientRect = function (this: Element) {
    const {width, height} = textBox(this, false);
    return box(0, 0, width, height);
  };

  const contexts = new WeakMap<object, ReturnType<typeof createContext>>();
  const contextOf = (canvas: {width: number; height: number}) => {
    if (!contexts.has(canvas)) contexts.set(canvas, createContext(canvas));
    return contexts.get(canvas)!;
  };
  const canvas = window.HTMLCanvasElement.prototype;
  canvas.getContext = function (kind: string) {
    return kind === "2d" ? contextOf(this) : null;
  };
  canvas.toDataURL = function () {
    return `data:image/png;base64,${encodePng(contextOf(this).pixels()).toString("base64")}`;
  };

  window.URL.createObjectURL = () => "blob:none";
  window.URL.revokeObjectURL = () => {};
  window.matchMedia = () => ({matches: false, addListener() {}, removeListener() {}});
  Object.assign(window, {TextDecoder, TextEncoder});
}

let plotly: Plotly | undefined;

/** Plotly, loaded into a jsdom window at the first call (about a second). */
export function loadPlotly(): Plotly {
  if (plotly) return plotly;
  const {JSDOM} = require("jsdom") as typeof import("jsdom");
  const {window} = new JSDOM("<!DOCTYPE html><body></body>", {runScripts: "outside-only", pretendToBeVisual: true});
  supply(window);
  window.eval(readFileSync(require.resolve("plotly.js-cartesian-dist-min"), "utf8"));
  return (plotly = (window as unknown as {Plotly: Plotly}).Plotly);
}
