// What a study compares, as data: which label groups its trials, what the groups are called, and what they are compared with.

/** A group's own value of a label or a field; lists and objects appear as JSON text. */
export type Group = string | number | boolean;

export type Comparison = {
  /** The label of the trials that names their group. */
  readonly label: string;
  /** In titles: "Test accuracy against kernel size". */
  readonly against: string;
  /** Title of the horizontal axis. */
  readonly axis: string;
  /** A group as people read it. */
  readonly nameOf: (group: Group) => string;
  /** The group that others are compared with: the first of these that was tried, else the first there is. */
  readonly reference: readonly Group[];
  /** Whether the groups have an order, which a line through their means shows. */
  readonly ordered: boolean;
  /** What one trial of a group is besides a seed: "network" where each has its own. */
  readonly member: "seed" | "network";
};

/** A comparison by a label, with plain words for what is not said. */
export const comparisonOf = ({label, ...said}: Pick<Comparison, "label"> & Partial<Comparison>): Comparison => ({
  label,
  against: said.axis ?? label,
  axis: said.against ?? label,
  nameOf: String,
  reference: [],
  ordered: true,
  member: "seed",
  ...said,
});

/** The group that others are compared with, among those of these trials or records. */
export function referenceOf(
  {label, reference}: Comparison,
  trials: readonly {readonly labels: Readonly<Record<string, Group>>}[],
): Group {
  const groups = trials.map(({labels}) => labels[label]!);
  return reference.find((group) => groups.includes(group)) ?? groups[0]!;
}
