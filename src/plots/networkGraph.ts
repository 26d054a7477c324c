// A whole network drawn as its graph, from top to bottom: what computes is a box, what merely reshapes or scales is left out.
//
// A node stands one row below the lowest node that it reads; feedback is dashed and read at the next timestep.

import {type NetworkDescription, asGraph} from "../architectures/description.js";
import type {Graph, GraphNode} from "../graphs/graph.js";
import {opEntry} from "../graphs/ops.js";
import {BLANK_AXIS, type Figure, figure, PALETTE, type Trace} from "./figure.js";

/** Colours of the boxes by what they do. */
const COLORS = {weights: PALETTE[0]!, activation: PALETTE[1]!, pooling: PALETTE[2]!, join: "#555555"} as const;
const ROW = 46;

const isDrawn = ({op, inputs}: GraphNode): boolean =>
  opEntry(op).drawn !== undefined && !((op.kind === "add" || op.kind === "concat") && inputs.length < 2);

type Place = {readonly node: GraphNode; readonly row: number; x: number};

/** The drawn node whose value a connection carries, through those that are left out; undefined where nothing comes in. */
function sourcesOf(graph: Graph): (id: string) => string | undefined {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  return (id) => {
    let node = nodes.get(id)!;
    while (!isDrawn(node)) {
      const next = node.inputs[0] && nodes.get(node.inputs[0].from);
      if (!next) return undefined;
      node = next;
    }
    return node.id;
  };
}

type Edge = {readonly from: string; readonly to: string; readonly feedback: boolean};

/** Rows from longest paths; within a row in the order of what the nodes read. */
function placed(graph: Graph): {places: Map<string, Place>; edges: Edge[]} {
  const source = sourcesOf(graph);
  const places = new Map<string, Place>();
  const edges: Edge[] = [];
  const rows: Place[][] = [];
  for (const node of graph.nodes.filter(isDrawn)) {
    const reads = node.inputs.flatMap(({from, delay}) => {
      const drawn = source(from);
      if (drawn !== undefined) edges.push({from: drawn, to: node.id, feedback: delay !== undefined});
      return delay === undefined && drawn !== undefined ? [places.get(drawn)!] : [];
    });
    const row = reads.length ? 1 + Math.max(...reads.map((place) => place.row)) : 0;
    const place = {node, row, x: 0};
    places.set(node.id, place);
    (rows[row] ??= []).push(place);
  }
  for (const row of rows) row.forEach((place, i) => (place.x = i - (row.length - 1) / 2));
  return {places, edges};
}

/** Half a box and the distance that lines keep from it, in units of x. */
const CLEAR = 0.5;

/** A line from one box to another; one that skips rows, or goes back, bends around what lies between, on the nearer side. */
function lineOf(from: Place, to: Place, feedback: boolean, all: readonly Place[]): Trace {
  const skips = feedback || to.row - from.row > 1;
  const [top, bottom] = [Math.min(from.row, to.row), Math.max(from.row, to.row)];
  const side = feedback || from.x + to.x > 0 ? 1 : -1;
  const between = all.filter(({row}) => row >= top && row <= bottom).map(({x}) => side * x);
  const around = side * (Math.max(...between) + CLEAR + (feedback ? 0.02 * (bottom - top) : 0));
  const middle = skips ? [around, around] : [];
  const step = feedback ? -0.4 : 0.6;
  const rows = skips ? [from.row + step, to.row - step] : [];
  return {
    type: "scatter",
    mode: "lines",
    x: [from.x, ...middle, to.x],
    y: [-from.row, ...rows.map((row) => -row), -to.row],
    line: {color: feedback ? PALETTE[3] : "#999999", width: 1.5, shape: "spline", ...(feedback && {dash: "dash"})},
    hoverinfo: "skip",
    showlegend: false,
  };
}

/** The graph of a network; `title` above it. */
export function networkFigure(
  network: NetworkDescription | Graph,
  {title = "Network"}: {readonly title?: string} = {},
): Figure {
  const graph = asGraph(network);
  const {places, edges} = placed(graph);
  const all = [...places.values()];
  const rows = 1 + Math.max(...all.map(({row}) => row));
  const widest = Math.max(...all.map(({x}) => Math.abs(x)));
  const boxes = all.map(({node, row, x}) => {
    const {op, shape} = node;
    const color = COLORS[opEntry(op).drawn!];
    const text = `${opEntry(op).label(op)}<br><span style="font-size:9px">${shape.join("×")}</span>`;
    return {x, y: -row, text, showarrow: false, bgcolor: "#ffffff", bordercolor: color, borderwidth: 1.5, borderpad: 2, font: {size: 10, color}}; // prettier-ignore
  });
  const hasFeedback = edges.some(({feedback}) => feedback);
  return figure({
    data: edges.map(({from, to, feedback}) => lineOf(places.get(from)!, places.get(to)!, feedback, all)),
    layout: {
      title: {text: title},
      xaxis: {...BLANK_AXIS, range: [-widest - 1, widest + 1]},
      yaxis: {...BLANK_AXIS, range: [-rows + 0.3, 0.7]},
      annotations: boxes,
      height: 90 + ROW * rows,
      margin: {l: 20, r: 20, t: 60, b: 20},
    },
    caption:
      `${graph.nodes.length} nodes, T = ${graph.T}. Blue: weights, orange: ${all.some(({node}) => node.op.kind === "relu") ? "ReLU" : "neurons"}, green: pooling; ` +
      "under each the shape of its output for one sample and timestep. Batch normalisation, dropout and flattening are not drawn." +
      (hasFeedback ? " Dashed: feedback, read at the next timestep." : ""),
  });
}
