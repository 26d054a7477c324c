// Architectures that papers publish, by name, with their source and the accuracy claimed for them.

import {checkName} from "../check.js";
import {type Architecture, snasnet} from "./architecture.js";
import {parseCell} from "./cell.js";
import {spikenasBenchArchitecture} from "./spikenasBench.js";

export type Published = {
  readonly architecture: Architecture;
  readonly source: string;
  /** Test accuracy in percent as published, and its data set. */
  readonly accuracy: string;
};

const SNASNET = "SNASNet (Kim et al., ECCV 2022; arXiv 2201.10355)";

export const PUBLISHED = {
  "snasnet-cifar10-bw": {
    architecture: snasnet({cell: parseCell("0303 0030 2002 0200"), channels: 256, pool: 4}),
    source: SNASNET,
    accuracy: "93.73 ± 0.32 on CIFAR-10 at T = 5",
  },
  "snasnet-cifar100-bw": {
    architecture: snasnet({
      cell: parseCell("0302 0030 3003 0000"),
      classes: 100,
      channels: 128,
      pool: 2,
      head: {hidden: 1024, voters: 5, dropout: 0.5},
    }),
    source: SNASNET,
    accuracy: "73.04 ± 0.36 on CIFAR-100 at T = 5",
  },
  "spikenas-bench-best": {
    architecture: spikenasBenchArchitecture(12617),
    source: "SpikeNAS-Bench (Sun et al., IEEE Trans. AI), network 12617 of 15,625",
    accuracy: "89.30 on CIFAR-10, trained on half of the training images",
  },
} as const satisfies Readonly<Record<string, Published>>;

export type PublishedName = keyof typeof PUBLISHED;

/** The architecture of that name. */
export const published = (name: string): Published => PUBLISHED[checkName("architecture", name, PUBLISHED)];
