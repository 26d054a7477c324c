// What the studies of sampled search spaces compare, in words.

import type {Comparison} from "./comparison.js";

/** SpikeNAS's first step: the whole space, and the space without each op. */
export const WITHOUT_OP: Comparison = {
  label: "without",
  against: "the op left out",
  axis: "op left out of the search space",
  nameOf: String,
  reference: () => "none",
  ordered: false,
  member: "network",
};

/** SpiKernel's second step: one space for each set of kernel sizes. */
export const KERNEL_SET: Comparison = {
  label: "kernels",
  against: "kernel set",
  axis: "kernel sizes in the search space",
  nameOf: (set) => `{${String(set).replaceAll("+", ", ")}}`,
  reference: (records) => (records.some(({labels}) => labels.kernels === "1+3") ? "1+3" : records[0]!.labels.kernels!),
  ordered: false,
  member: "network",
};
