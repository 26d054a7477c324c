// spikebook data folder:DIR or npz:FILE: reads a user's own data whole and says what a study would see.

import {type Dataset, skippedText, type SkippedFile} from "../datasets/dataset.js";
import {loadDataset} from "../datasets/index.js";
import type {Progress} from "../datasets/dataset.js";
import {formatTable} from "../tables/formatTable.js";

/** What is said of a loaded data set. */
export type DataSummary = Pick<
  Dataset,
  "name" | "sampleShape" | "modality" | "mean" | "sd" | "checksum" | "provenance"
> & {
  readonly classes: readonly {readonly class: string; readonly train: number; readonly test: number}[];
  readonly skipped: readonly SkippedFile[];
};

const countsOf = (labels: ArrayLike<number>, classes: number): number[] => {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; ++i) ++counts[labels[i]!]!;
  return counts;
};

/** The numbers of each class, and what samples are normalised by. */
export function summaryOf(data: Dataset): DataSummary {
  const {name, sampleShape, modality, mean, sd, checksum, provenance, classes, skipped = []} = data;
  const [train, test] = [data.train, data.test].map(({labels}) => countsOf(labels, classes.length));
  return {
    ...{name, sampleShape, modality, mean, sd, checksum, provenance, skipped},
    classes: classes.map((title, label) => ({class: title, train: train![label]!, test: test![label]!})),
  };
}

function printed({name, sampleShape, modality, mean, sd, checksum, provenance, classes, skipped}: DataSummary): string {
  const numbers = (values: readonly number[]): string => values.map((value) => value.toPrecision(3)).join(", ");
  const rarest = Math.min(...classes.map(({train}) => train));
  const uneven = classes.some(({train}) => train > rarest);
  return [
    `${name}: ${modality} of ${sampleShape.join("x")}; ${provenance}`,
    "",
    formatTable(classes),
    "",
    `mean ${numbers(mean)}; sd ${numbers(sd)}, by channel`,
    `sha256 ${checksum}`,
    ...(uneven
      ? [`Studies train on equally many of each class: at most ${rarest * classes.length} of these training samples.`]
      : []),
    ...(skipped.length ? [skippedText(name, skipped, Infinity)] : []),
  ].join("\n");
}

/** Reads and prints it. */
export async function checkData(
  name: string,
  {json, ...options}: {readonly json?: boolean; readonly signal: AbortSignal; readonly onProgress: Progress},
): Promise<void> {
  const summary = summaryOf(await loadDataset(name, {...options, onSkipped: () => undefined}));
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  console.log(json ? JSON.stringify(summary, null, 2) : printed(summary));
}
