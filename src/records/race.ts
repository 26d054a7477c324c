// Searches that race on a table of trained networks: what was asked, and one trace a search.

/** What a search spends: trained networks, or epochs of their training. */
export type RaceUnit = "queries" | "epochs";

export type RaceSettings<U extends RaceUnit = "queries"> = {
  /** How much each search may spend. */
  readonly [K in U]: number;
} & {
  readonly seeds: number;
  readonly firstSeed: number;
  readonly algorithms: readonly string[];
};

/** The incumbent after so much was spent. Accuracies in percent. */
export type RacePoint<U extends RaceUnit = "queries"> = {readonly [K in U]: number} & {
  readonly id: number;
  readonly validation: number;
  readonly test: number;
};

/** One search: its incumbent after some numbers of queries, or of epochs from where it has one. */
export type RaceTrace<U extends RaceUnit = "queries"> = {
  readonly algorithm: string;
  readonly seed: number;
  readonly points: readonly RacePoint<U>[];
  /** What was spent; less than allowed where the algorithm has an end of its own. */
  readonly spent: number;
  /** How long the networks took to train, as the bench says; not of races by epochs. */
  readonly seconds?: number;
};
