// An architecture's costs as a person reads them: 679,860 and 2.7 MB, each with what it counts.

import type {Architecture} from "../architectures/architecture.js";
import {formatCell} from "../architectures/cell.js";
import {type Cost, weightsOf} from "../architectures/cost.js";
import {lifsOf} from "../architectures/lifs.js";
import {layersOf} from "../architectures/stages.js";

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
    `${input.size}x${input.size}x${input.channels} images, ${channels} channels, stem stride ${a.stemStride}, pool ${pool}, ` +
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
    ["receptive field", `${cost.receptiveField}`, `of ${a.input.size} pixels, along the widest path`],
  ];
  return `${describe(a)}\n\n${aligned(rows, [1])}`;
}

/** Layer by layer: shapes, weights, the spiking units read, and the weights that one of their spikes meets. */
export function layerTable(a: Architecture): string {
  const reads = new Map(
    lifsOf(a).flatMap(({name, neurons, readers}) =>
      readers.map(({layer, meanFanOut}) => [layer, [`${name} (${grouped(neurons)})`, grouped(meanFanOut)]] as const),
    ),
  );
  const rows = layersOf(a).map((layer) => {
    const {name, kind, kernelSize, cin, cout, sideIn, sideOut} = layer;
    const shape = [`${cin} → ${cout}`, `${sideIn} → ${sideOut}`, grouped(weightsOf(layer))];
    return [name, kind === "conv" ? `${kernelSize}x${kernelSize}` : kind, ...shape, ...(reads.get(name) ?? ["", ""])];
  });
  const titles = ["layer", "kind", "channels", "side", "weights", "reads LIF (neurons)", "mean fan-out"];
  return aligned([titles, ...rows], [4, 6]);
}
