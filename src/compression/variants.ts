// One network at several widths, layer by layer: every layer quantised once at each width, put together in any combination.

import {frameBytes, blockOf} from "../files/packed.js";
import type {TrainedNetwork} from "../files/networkText.js";
import {type LayerFormat, weightName, withFormats} from "../files/weightCodes.js";
import {weightedNodes} from "../graphs/populations.js";
import {disposeNetwork} from "../networks/parameters.js";
import type {Tensor} from "../tf.js";
import {compress, type CompressedNetwork, type Compression} from "./compress.js";

/** Bits of each layer's weights, by the node's id. */
export type BitsByLayer = Readonly<Record<string, number>>;

type Variant = {readonly weights: Tensor; readonly format: LayerFormat | undefined; readonly bytes: number};

export type Variants = {
  /** The layers' ids, in order. */
  readonly layers: readonly string[];
  /** Bytes of a layer's block at these bits, in its shortest form. */
  readonly bytes: (layer: string, bits: number) => number;
  /** Bytes of the packed file beside its layers. */
  readonly frame: number;
  /** The network at these bits. It borrows tensors: do not free it. */
  readonly network: (bits: BitsByLayer) => CompressedNetwork<TrainedNetwork>;
  readonly dispose: () => void;
};

/** A network at each of `widths`, pruned and shortened as `options` say. */
export function variantsOf(network: TrainedNetwork, widths: readonly number[], options: Compression): Variants {
  const at = new Map(widths.map((bits) => [bits, compress(network, {...options, bits})]));
  const first = at.get(widths[0]!)!;
  const nodes = new Map(weightedNodes(network.graph).map((node) => [node.id, node]));
  const table = new Map<string, Variant>();
  for (const [bits, {parameters, formats}] of at)
    for (const [id, node] of nodes) {
      const weights = parameters[weightName(node)]!;
      const block = blockOf(weightName(node), weights.dataSync() as Float32Array, formats[id]);
      table.set(`${id} ${bits}`, {weights, format: formats[id], bytes: block.length});
    }
  const variant = (id: string, bits: number): Variant => table.get(`${id} ${bits}`)!;
  const {graph} = first;
  return {
    layers: [...nodes.keys()],
    bytes: (layer, bits) => variant(layer, bits).bytes,
    frame: frameBytes(first),
    network(bits) {
      const chosen = [...nodes].map(([id, node]) => [id, node, variant(id, bits[id]!)] as const);
      const formats = Object.fromEntries(chosen.flatMap(([id, , {format}]) => (format ? [[id, format]] : [])));
      const own = new Map(chosen.map(([, node, {weights}]) => [weightName(node), weights]));
      return {
        ...first,
        graph: withFormats(graph, formats, (node) => own.get(weightName(node))!.dataSync() as Float32Array),
        parameters: {...first.parameters, ...Object.fromEntries(own)},
        formats,
      };
    },
    dispose: () => [...at.values()].forEach(disposeNetwork),
  };
}

/** Bytes of the packed file at these bits. */
export const bytesAt = ({layers, bytes, frame}: Variants, bits: BitsByLayer): number =>
  layers.reduce((sum, layer) => sum + bytes(layer, bits[layer]!), frame);

/** The same bits in every layer. */
export const evenly = ({layers}: Variants, bits: number): BitsByLayer =>
  Object.fromEntries(layers.map((layer) => [layer, bits]));
