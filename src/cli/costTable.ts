// An architecture's costs as a person reads them: 679,860 and 2.7 MB, each with what it counts.

import {type Architecture, sidesOf} from "../architectures/architecture.js";
import {formatCell} from "../architectures/cell.js";
import type {Cost} from "../architectures/cost.js";
import {graphOf} from "../architectures/description.js";
import {weightsOfNode} from "../graphs/cost.js";
import {nodeOf, type Shape} from "../graphs/graph.js";
import {populationsOf, weightedNodes} from "../graphs/populations.js";

/** 2719440 → "2.7 MB": decimal units. */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let power = 0;
  while (power < units.length - 1 && Math.round((count / 1000 ** power) * 10) >= 10_000) ++power;
  return power === 0 ? `${count} B` : `${(count / 1000 ** power).toFixed(1)} ${units[power]}`;
}

const grouped = (count: number): string => count.toLocaleString("en-US", {maximumFractionDigits: 1});

/** Columns as wide as their widest cell; numbers to the right. */
function aligned(rows: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const pad = (text: string, column: number): string =>
    right.includes(column) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

function describe(a: Architecture): string {
  const wirings = [...new Set(a.cells.map(formatCell))];
  const {input, channels, T, pool, head, classes} = a;
  return [
    `${a.cells.length} cell(s) ${wirings.join(" | ")}`,
    `${sidesOf(a).join("x")}x${input.channels} images, ${channels} channels, stem stride ${a.stemStride}, pool ${pool}, ` +
      `head ${head.hidden} → ${classes}x${head.voters}, T = ${T}`,
  ].join("\n");
}

/** The table that a person reads. */
export function costTable(a: Architecture, cost: Cost): string {
  const rows = [
    ["params", grouped(cost.params), `${grouped(cost.paramsWithoutHead)} without the head`],
    ["weights", bytes(cost.weightBytes), `at ${cost.bits} bits`],
    ["MACs", grouped(cost.macs), "per image: the stem, once"],
    ["worst-case ACs", grouped(cost.worstCaseAcs), `per image, every neuron firing at each of ${a.T} timesteps`],
    ["DNN MACs", grouped(cost.dnnMacs), "per image, for a DNN of the same shape"],
    ["activations", bytes(cost.activationBytes), "per image and timestep, 32 bits, no reuse"],
    ["state", bytes(cost.stateBytes), "per image, 32 bits"],
    ["neurons", grouped(cost.neurons), "spiking"],
    [
      "receptive field",
      `${cost.receptiveField}`,
      `of ${[...new Set(sidesOf(a))].join("x")} pixels, along the widest path`,
    ],
  ];
  return `${describe(a)}\n\n${aligned(rows, [1])}`;
}

/** Side of a map, or its sides where they differ; 1 of a vector. */
const sideOf = (shape: Shape): string =>
  shape.length === 1 ? "1" : shape[0] === shape[1] ? `${shape[0]}` : `${shape[0]}x${shape[1]}`;

/** Layer by layer: shapes, weights, the population read, and the weights that one of its spikes meets. */
export function layerTable(a: Architecture): string {
  const graph = graphOf(a);
  const reads = new Map(
    populationsOf(graph).flatMap(({name, neurons, readers}) =>
      readers.map(({layer, meanFanOut}) => [layer, [`${name} (${grouped(neurons)})`, grouped(meanFanOut)]] as const),
    ),
  );
  const rows = weightedNodes(graph).map((node) => {
    const {id, op, inputs, shape} = node;
    const from = nodeOf(graph, inputs[0]!.from).shape;
    const kind = op.kind === "conv2d" ? `${op.kernelSize}x${op.kernelSize}` : op.kind;
    const sides = [`${from.at(-1)} → ${shape.at(-1)}`, `${sideOf(from)} → ${sideOf(shape)}`];
    return [id, kind, ...sides, grouped(weightsOfNode(graph, node)), ...(reads.get(id) ?? ["", ""])];
  });
  const titles = ["layer", "kind", "channels", "side", "weights", "reads (neurons)", "mean fan-out"];
  return aligned([titles, ...rows], [4, 6]);
}
