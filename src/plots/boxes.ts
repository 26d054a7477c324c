// Boxes of SVG text outside a browser: each line measured by the font's advances, each box carried through the transforms
// (translate, rotate, scale) of the elements around it. Plotly places titles, legends and margins by them.

import {textWidth} from "./textWidth.js";

/** The parts of an SVG or HTML element that are read here (the DOM's own types would pull in a whole browser). */
export type Element = {
  readonly tagName: string;
  readonly textContent: string | null;
  readonly parentNode: Element | null;
  getAttribute?(name: string): string | null;
  querySelectorAll?(selector: string): Iterable<Element>;
};

export type Box = Readonly<Record<"x" | "y" | "left" | "top" | "right" | "bottom" | "width" | "height", number>>;

export const box = (left: number, top: number, width: number, height: number): Box => ({
  ...{x: left, y: top, left, top, right: left + width, bottom: top + height},
  ...{width, height},
});

/** x' = a·x + c·y + e, y' = b·x + d·y + f, as SVG's matrix(a b c d e f). */
type Matrix = readonly [number, number, number, number, number, number];
const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

const times = ([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix => [
  ...([a * g + c * h, b * g + d * h] as const),
  ...([a * i + c * j, b * i + d * j] as const),
  ...([a * k + c * l + e, b * k + d * l + f] as const),
];

/** One step of a transform attribute; steps other than these move nothing. */
function step(name: string, [p = 0, q, r = 0, ...rest]: readonly number[]): Matrix {
  if (name === "translate") return [1, 0, 0, 1, p, q ?? 0];
  if (name === "scale") return [p, 0, 0, q ?? p, 0, 0];
  if (name === "matrix") return [p, q ?? 0, r, rest[0] ?? 1, rest[1] ?? 0, rest[2] ?? 0];
  if (name !== "rotate") return IDENTITY;
  const [cos, sin, x] = [Math.cos((p * Math.PI) / 180), Math.sin((p * Math.PI) / 180), q ?? 0];
  return [cos, sin, -sin, cos, x - cos * x + sin * r, r - sin * x - cos * r]; // about (x, r)
}

function transformOf(element: Element): Matrix {
  let matrix = IDENTITY;
  for (const [, name, numbers] of (element.getAttribute?.("transform") ?? "").matchAll(/(\w+)\s*\(([^)]*)\)/g))
    matrix = times(
      matrix,
      step(
        name!,
        numbers!
          .trim()
          .split(/[\s,]+/)
          .map(Number),
      ),
    );
  return matrix;
}

/** A style of the element or of the nearest element around it that has one. */
function styleOf(element: Element, name: string): string | undefined {
  for (let at: Element | null = element; at; at = at.parentNode) {
    const found = new RegExp(`(?:^|;)\\s*${name}:\\s*([^;]+)`).exec(at.getAttribute?.("style") ?? "")?.[1];
    const value = found ?? at.getAttribute?.(name);
    if (value) return value;
  }
  return undefined;
}

const ASCENT = 0.93; // of DejaVu Sans, in ems
const LINE = 1.17;

/** The box of one text element in its own coordinates. */
function ownBox(text: Element): Box {
  const size = parseFloat(styleOf(text, "font-size") ?? "12");
  const lines = [...(text.querySelectorAll?.("tspan.line") ?? [])].map((line) => line.textContent ?? "");
  if (lines.length === 0) lines.push(text.textContent ?? "");
  const width = Math.max(...lines.map((line) => textWidth(line, size)));
  const anchor = styleOf(text, "text-anchor");
  const x = Number(text.getAttribute?.("x") ?? 0) || 0;
  const y = Number(text.getAttribute?.("y") ?? 0) || 0;
  return box(
    x - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0),
    y - ASCENT * size,
    width,
    lines.length * LINE * size,
  );
}

/** The box around all text in an element; `placed`: with the transforms of the element itself and of those around it. */
export function textBox(element: Element, placed: boolean): Box {
  const isText = element.tagName === "text" || !element.querySelectorAll;
  const texts = isText ? [element] : [...element.querySelectorAll!("text")];
  if (texts.length === 0) texts.push(element);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const text of texts) {
    let matrix = IDENTITY;
    for (let at: Element | null = text; at && (placed || at !== element); at = at.parentNode)
      matrix = times(transformOf(at), matrix);
    const [a, b, c, d, e, f] = matrix;
    const own = ownBox(text);
    for (const x of [own.left, own.right])
      for (const y of [own.top, own.bottom]) {
        left = Math.min(left, a * x + c * y + e);
        right = Math.max(right, a * x + c * y + e);
        top = Math.min(top, b * x + d * y + f);
        bottom = Math.max(bottom, b * x + d * y + f);
      }
  }
  return box(left, top, right - left, bottom - top);
}
