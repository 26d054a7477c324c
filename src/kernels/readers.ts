// What reads a layer's spikes: convolutions, and the mean over windows (of one position: the spikes themselves).

import {avgPool as poolDefinition} from "../layers/pool.js";
import {conv2d as convDefinition} from "../layers/conv2d.js";
import {addN, type Tensor, type Tensor4D, type TensorInfo} from "../tf.js";
import {address, kernel, output} from "./engine.js";
import {inputGradientSum} from "./inputGradient.js";
import {operation} from "./register.js";
import {spikeConv, spikeConvFilterGradient, type Spikes} from "./spikeConv.js";

export type Reader =
  | {
      readonly kind: "conv";
      readonly w: Tensor4D;
      readonly stride?: 1 | 2;
      /** For how many groups of images to take the statistics of what comes out, as it comes. */
      readonly groups?: number;
      /** > 1: instead of the map its means over windows of pool×pool; the statistics are the map's. It has no gradient. */
      readonly pool?: number;
    }
  | {
      /** Mean over windows of p×p with stride p of a map; p = 1 for the spikes as floats, of any rank. */
      readonly kind: "pool";
      readonly p: number;
    };

/** What a reader makes of spikes that are floats: its definition. */
export const readDefinition = (spikes: Tensor, reader: Reader): Tensor =>
  reader.kind === "conv"
    ? poolDefinition(convDefinition(spikes as Tensor4D, reader.w, reader.stride), reader.pool ?? 1)
    : poolDefinition(spikes as Tensor4D, reader.p);

const asMap = (shape: readonly number[]): [number, number, number, number] =>
  shape.length === 4 ? (shape as [number, number, number, number]) : [shape[0]!, 1, 1, shape[1]!];

/** [N, ⌊H/p⌋, ⌊W/p⌋, C]. */
const pooledShape = (shape: readonly number[], p: number): readonly number[] =>
  p === 1 ? shape : [shape[0]!, Math.floor(shape[1]! / p), Math.floor(shape[2]! / p), shape[3]!];

const poolBits = operation<{bits: Tensor}, {readonly shape: readonly number[]; readonly p: number}>({
  name: "PoolBits",
  saves: {inputs: []},
  forward: ({bits}, {shape, p}): TensorInfo => {
    const y = output(pooledShape(shape, p));
    kernel("poolBits")(address(bits), address(y), ...asMap(shape), p);
    return y;
  },
});

/** dL/dx of a mean over windows, from dy. */
export const poolGradient = operation<{dy: Tensor}, {readonly shape: readonly number[]; readonly p: number}>({
  name: "PoolGradient",
  saves: {inputs: []},
  forward: ({dy}, {shape, p}): TensorInfo => {
    const dx = output(shape);
    kernel("poolGradient")(address(dy), address(dx), ...asMap(shape), p);
    return dx;
  },
});

/** What a reader makes of bits, then the statistics that it was asked for. */
export const read = (spikes: Spikes, reader: Reader): Tensor[] =>
  reader.kind === "conv"
    ? spikeConv(spikes, reader.w, reader.stride, reader.groups, reader.pool)
    : poolBits({bits: spikes.bits}, {shape: spikes.shape, p: reader.p});

/** The gradients of spikes and filters from those of what was read, `dys`; a filter's is undefined where there is none. */
export function readGradients(
  spikes: Spikes,
  readers: readonly Reader[],
  dys: readonly Tensor[],
): {ds: Tensor; dw: (Tensor | undefined)[]} {
  const dw = readers.map((reader, i) =>
    reader.kind === "conv" ? spikeConvFilterGradient(spikes, dys[i]!, reader.w.shape[0], reader.stride) : undefined,
  );
  const parts: Tensor[] = [];
  for (const stride of [1, 2] as const) {
    const edges = readers.flatMap((reader, i) =>
      reader.kind === "conv" && (reader.stride ?? 1) === stride ? [{dy: dys[i] as Tensor4D, w: reader.w}] : [],
    );
    if (edges.length) parts.push(inputGradientSum(edges, spikes.shape, stride));
  }
  readers.forEach((reader, i) => {
    if (reader.kind === "pool")
      parts.push(
        reader.p === 1
          ? dys[i]!.reshape([...spikes.shape])
          : poolGradient({dy: dys[i]!}, {shape: spikes.shape, p: reader.p})[0]!,
      );
  });
  return {ds: parts.length === 1 ? parts[0]! : addN(parts), dw};
}
