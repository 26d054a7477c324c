// What each layer's bits cost: one layer at each width, all others in float32.

import type {Judge, Judgement} from "./mixedBits.js";
import type {Variants} from "./variants.js";
import {evenly} from "./variants.js";

export type SensitivityRow = {readonly layer: string; readonly bits: number; readonly bytes: number} & Judgement;

/** Every layer alone at each of `widths`; `variants` hold these and 32 bits. */
export async function sensitivity(
  variants: Variants,
  {widths, judge, onRow}: {readonly widths: readonly number[]; readonly judge: Judge; readonly onRow?: (row: SensitivityRow) => void}, // prettier-ignore
): Promise<SensitivityRow[]> {
  const rows: SensitivityRow[] = [];
  for (const layer of variants.layers)
    for (const bits of widths) {
      const judged = await judge(variants.network({...evenly(variants, 32), [layer]: bits}));
      const row = {layer, bits, bytes: variants.bytes(layer, bits), ...judged};
      rows.push(row);
      onRow?.(row);
    }
  return rows;
}
