// Bits of each layer under a budget of bytes, chosen greedily.
//
//   start    every layer at the most bits
//   step     of all layers, the one is narrowed whose next width costs the least loss for a byte saved; until the file fits
//
// The loss is that of images that chose nothing else (`judge`: validation images, never test). A layer's cost is measured at the start
// and, after others moved, measured again only when it would be chosen: costs that have grown are found, those that fell are not.

import {check, invalid} from "../check.js";
import {bytesAt, type BitsByLayer, evenly, type Variants} from "./variants.js";
import type {Network} from "../networks/parameters.js";

/** What a network is worth on the images that choose. */
export type Judgement = {readonly loss: number; readonly accuracy: number; readonly n: number};
export type Judge = (network: Network) => Promise<Judgement>;

/** One step of the choice. */
export type BitsStep = {
  /** The layer that was narrowed, and to how many bits; none at the start. */
  readonly layer?: string;
  readonly bits?: number;
  /** Of the packed file. */
  readonly bytes: number;
} & Judgement;

export type MixedBits = {readonly bits: BitsByLayer; readonly bytes: number; readonly steps: readonly BitsStep[]};

type Move = {
  readonly layer: string;
  readonly bits: number;
  readonly saved: number;
  readonly judged: Judgement;
  /** Loss for a byte saved, when so many steps were done. */
  readonly cost: number;
  readonly at: number;
};

/** The next narrower width of a layer that saves bytes. */
function nextWidth({bytes}: Variants, widths: readonly number[], layer: string, bits: number): number | undefined {
  return widths.filter((w) => w < bits && bytes(layer, w) < bytes(layer, bits)).sort((a, b) => b - a)[0];
}

/** The fewest bytes that these widths reach. */
export function leastBytes(variants: Variants, widths: readonly number[]): number {
  const least = (layer: string): number => widths.reduce((a, b) => (variants.bytes(layer, b) < variants.bytes(layer, a) ? b : a)); // prettier-ignore
  return bytesAt(variants, Object.fromEntries(variants.layers.map((layer) => [layer, least(layer)])));
}

/** Throws where no widths reach a budget. */
export function checkReachable(variants: Variants, widths: readonly number[], maxBytes: number): void {
  const least = leastBytes(variants, widths);
  if (least > maxBytes)
    throw invalid(
      "max bytes",
      maxBytes,
      `at least ${least}: all layers at their shortest, with ${variants.frame} bytes of everything else; keep fewer weights, or take a smaller network`, // prettier-ignore
    );
}

/** Bits for each layer so that the packed file has at most `maxBytes`. */
export async function mixedBits(
  variants: Variants,
  {widths, maxBytes, judge, onStep}: {readonly widths: readonly number[]; readonly maxBytes: number; readonly judge: Judge; readonly onStep?: (step: BitsStep) => void}, // prettier-ignore
): Promise<MixedBits> {
  check("widths", widths, widths.length > 0, "at least one");
  checkReachable(variants, widths, maxBytes);
  let bits = evenly(variants, Math.max(...widths));
  let now: BitsStep = {bytes: bytesAt(variants, bits), ...(await judge(variants.network(bits)))};
  const steps = [now];
  const measure = async (layer: string): Promise<Move | undefined> => {
    const width = nextWidth(variants, widths, layer, bits[layer]!);
    if (width === undefined) return undefined;
    const judged = await judge(variants.network({...bits, [layer]: width}));
    const saved = variants.bytes(layer, bits[layer]!) - variants.bytes(layer, width);
    return {layer, bits: width, saved, judged, cost: (judged.loss - now.loss) / saved, at: steps.length};
  };
  let moves: Move[] = [];
  const renew = async (layer: string): Promise<void> => {
    const move = await measure(layer);
    moves = [...moves.filter((other) => other.layer !== layer), ...(move ? [move] : [])];
  };
  if (now.bytes > maxBytes) for (const layer of variants.layers) await renew(layer);
  while (now.bytes > maxBytes) {
    const best = moves.reduce((a, b) => (b.cost < a.cost ? b : a));
    if (best.at < steps.length) {
      await renew(best.layer);
      continue;
    }
    bits = {...bits, [best.layer]: best.bits};
    now = {layer: best.layer, bits: best.bits, bytes: now.bytes - best.saved, ...best.judged};
    steps.push(now);
    onStep?.(now);
    await renew(best.layer);
  }
  return {bits, bytes: now.bytes, steps};
}
