// Cells drawn as graphs: nodes on a line, forward edges as arcs above it, feedback edges below, each with its op.

import {type Cell, edgesOf, formatCell} from "../architectures/cell.js";
import {kernelSizeOf, labelOfOp, type Op} from "../architectures/ops.js";
import {usedNodes} from "../architectures/wiring.js";
import {BLANK_AXIS, type Figure, figure, PALETTE, type Trace} from "./figure.js";

const POINTS = 24;
const RADIUS = 0.13;
/** Length of an arrow's straight end: a shorter one would be drawn without its head. */
const TAIL = 0.11;

/** Of kernels 1×1, 3×3, 5×5 …; larger ones go through the list again. */
const KERNEL_COLORS = [PALETTE[5]!, PALETTE[0]!, PALETTE[1]!, PALETTE[3]!, PALETTE[2]!] as const;

/** Skip and pooling carry weights nowhere: grey; convolutions by their kernel. */
function colorOf(op: Op): string {
  const kernelSize = kernelSizeOf(op);
  if (kernelSize === undefined) return op === "skip" ? "#777777" : PALETTE[4]!;
  return KERNEL_COLORS[((kernelSize - 1) / 2) % KERNEL_COLORS.length]!;
}

type Drawn = {readonly traces: Trace[]; readonly annotations: Record<string, unknown>[]};

/** One cell with node 0 at x = `left`. */
function drawCell(cell: Cell, left: number, title: string): Drawn {
  const used = usedNodes(cell);
  const {forward, feedback} = edgesOf(cell);
  const traces: Trace[] = [];
  const annotations: Record<string, unknown>[] = [];
  for (const {from, to, op} of [...forward, ...feedback]) {
    const span = to - from; // negative: below the line
    const height = 0.34 * span + (Math.abs(span) === 1 ? 0 : 0.12 * Math.sign(span));
    const at = (t: number): readonly [number, number] => [left + from + span * t, height * 4 * t * (1 - t)];
    const curve = Array.from({length: POINTS + 1}, (_, i) => at(i / POINTS));
    const shown = curve.filter(([x, y]) => [from, to].every((node) => Math.hypot(x - left - node, y) > RADIUS));
    const color = colorOf(op);
    const dead = !used[from] || !used[to];
    traces.push({
      type: "scatter",
      mode: "lines",
      x: shown.map(([x]) => x),
      y: shown.map(([, y]) => y),
      line: {color, width: 2.5, ...(dead && {dash: "dot"})},
      hoverinfo: "skip",
      showlegend: false,
    });
    const [x, y] = shown.at(-1)!;
    const [ax, ay] = shown.findLast(([px, py]) => Math.hypot(px - x, py - y) > TAIL)!;
    annotations.push({x, y, ax, ay, xref: "x", yref: "y", axref: "x", ayref: "y", text: "", showarrow: true, arrowhead: 2, arrowsize: 1.3, arrowwidth: 2, arrowcolor: color}); // prettier-ignore
    const [mx, my] = at(0.5);
    annotations.push({x: mx, y: my, text: labelOfOp(op), showarrow: false, bgcolor: "#ffffff", borderpad: 1, font: {size: 11, color}}); // prettier-ignore
  }
  const last = cell.length - 1;
  traces.push({
    type: "scatter",
    mode: "markers+text",
    x: cell.map((_, node) => left + node),
    y: cell.map(() => 0),
    text: cell.map((_, node) => (node === 0 ? "in" : node === last ? "out" : String(node))),
    marker: {size: 30, color: used.map((yes) => (yes ? "#ffffff" : "#eeeeee")), line: {color: "#555555", width: 1.5}},
    hoverinfo: "skip",
    showlegend: false,
  });
  annotations.push({x: left + last / 2, yref: "paper", y: 1, yanchor: "bottom", text: title, showarrow: false});
  return {traces, annotations};
}

/** One graph a cell, side by side; equal cells of shared wiring are drawn once. */
export function cellFigure(cells: readonly Cell[], {title = "Cell"}: {title?: string} = {}): Figure {
  const distinct = [...new Map(cells.map((cell) => [formatCell(cell), cell])).values()];
  const gap = 1;
  const top = 0.34 * (Math.max(...cells.map((cell) => cell.length)) - 1) + 0.32;
  let left = 0;
  const drawn = distinct.map((cell) => {
    const name = distinct.length > 1 ? `cell ${cells.indexOf(cell) + 1}` : cells.length > 1 ? `all ${cells.length} cells` : ""; // prettier-ignore
    const one = drawCell(cell, left, name);
    left += cell.length - 1 + gap;
    return one;
  });
  return figure({
    data: drawn.flatMap(({traces}) => traces),
    layout: {
      title: {text: title},
      xaxis: {...BLANK_AXIS, range: [-0.4, left - gap + 0.4]},
      yaxis: {
        ...BLANK_AXIS,
        range: cells.some((cell) => edgesOf(cell).feedback.length > 0) ? [-top, top] : [-0.3, top],
      },
      annotations: drawn.flatMap(({annotations}) => annotations),
      height: 300,
      margin: {l: 20, r: 20, t: 70, b: 20},
    },
    caption:
      `${distinct.map(formatCell).join(" | ")}. Arcs above: edges within a timestep; below: feedback, read at the next timestep. ` +
      "k×k: neurons, convolution, batch normalisation. Dotted: leads nowhere.",
  });
}
