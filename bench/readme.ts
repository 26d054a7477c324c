// What README.md says of speed: the tables of a run in sentences and numbers, as Markdown. Where the peer is faster is said too.

import {digits} from "./figures.js";
import type {ConvPoint, Row} from "./measure.js";

const times = (ratio: number): string => `${ratio.toFixed(1)}×`;
/** "228 against 157 (1.5×)", in the row's unit; "–" where nothing was measured. */
const both = (row: Row | undefined): string =>
  row?.peer == null ? "–" : `${digits(row.ours)} against ${digits(row.peer)} (${times(row.ratio!)})`;

const unique = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);

/** A table of one kind of work: a line for each number of channels, a column for each kernel size. */
function table(rows: readonly Row[], title: string): string[] {
  const sizes = unique(rows.map(({k}) => k));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const widths = unique(rows.map(({channels}) => channels));
  return [
    line([title, ...sizes.map((k) => `${k}×${k}`)]),
    line(["---", ...sizes.map(() => "---")]),
    ...widths.map(
      (channels) =>
      line([`${channels} channels`, ...sizes.map((k) => both(rows.find((row) => row.channels === channels && row.k === k)))]), // prettier-ignore
    ),
  ];
}

/** Where the peer's single convolution is sooner by most, of 1×1 kernels or of larger ones. */
function worst(points: readonly ConvPoint[], pointwise: boolean): string[] {
  const behind = points.filter(({k, ours, peer}) => (k === 1) === pointwise && peer !== null && ours > peer);
  const [point] = behind.toSorted((a, b) => b.ours / b.peer! - a.ours / a.peer!);
  if (!point) return [];
  const {k, channels, rate} = point;
  return [`${times(point.ours / point.peer!)} at ${k}×${k}, ${channels} channels, ${(100 * rate).toFixed(0)} % spikes`];
}

/** The works of which the peer does more a second, and the convolutions; empty where there are none. */
function losses(rows: readonly Row[], points: readonly ConvPoint[]): string {
  const works = rows.flatMap(({work, ratio}) => (ratio !== null && ratio < 1 ? [`${work}: ${ratio.toFixed(2)}×`] : []));
  const single = [...worst(points, true), ...worst(points, false)];
  const parts = [
    ...works,
    ...(single.length ? [`a single convolution, where oneDNN's is faster by up to ${single.join(" and by ")}`] : []),
  ];
  return parts.length ? `Where we lose: ${parts.join("; ")}.` : "";
}

/** The part of README.md that a run's tables give. */
export function speedText(rows: readonly (Row & {readonly machine: string})[], points: readonly ConvPoint[]): string {
  const of = (kind: string): Row[] => rows.filter((row) => row.kind === kind);
  const memory = of("memory").map(({ours, peer, ratio, k}) =>
    peer === null ? "" : `${digits(ours)} against ${digits(peer)} MiB at ${k}×${k} (${times(ratio!)})`,
  );
  return [
    ...table(of("training, atan"), "training, images/s"),
    "",
    ...table(of("scoring"), "scoring, candidates/s"),
    "",
    ...(memory.length ? [`Memory of a training step at 64 channels: ${memory.join(", ")}.`] : []),
    losses(rows, points),
    `Measured on ${rows[0]!.machine}`,
  ]
    .filter((line, i, all) => line !== "" || all[i - 1] !== "")
    .join("\n");
}
