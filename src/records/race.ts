// Searches that race on a table of trained networks: what was asked, and one trace a search.

export type RaceSettings = {
  /** Trained networks that each search may spend. */
  readonly queries: number;
  readonly seeds: number;
  readonly firstSeed: number;
  readonly algorithms: readonly string[];
};

/** One search: its incumbent after some numbers of queries. Accuracies in percent. */
export type RaceTrace = {
  readonly algorithm: string;
  readonly seed: number;
  readonly points: readonly {
    readonly queries: number;
    readonly id: number;
    readonly validation: number;
    readonly test: number;
  }[];
  /** Queries spent; fewer than allowed where the algorithm has an end of its own. */
  readonly spent: number;
  /** Networks that the bench says took this long to train. */
  readonly seconds: number;
};
