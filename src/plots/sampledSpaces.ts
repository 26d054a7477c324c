// What the studies that draw or choose networks compare, in words.

import type {Comparison} from "./comparison.js";

/** SpikeNAS's first step: the whole space, and the space without each op. */
export const WITHOUT_OP: Comparison = {
  label: "without",
  against: "the op left out",
  axis: "op left out of the search space",
  nameOf: (op) => (op === "none" ? "whole space" : String(op)),
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

/** What searches chose, against what was drawn blindly (SNASNet's choice where nothing was). */
export const CHOSEN_BY: Comparison = {
  label: "chosenBy",
  against: "what chose the network",
  axis: "chosen by",
  nameOf: (name) => String(name).replace(" by ", "<br>by ").replace(", ", "<br>"), // in lines: the names are long
  reference: (records) => {
    const names = records.map(({labels}) => labels.chosenBy!);
    return ["a blind draw", "snasnet by sahd"].find((name) => names.includes(name)) ?? names[0]!;
  },
  ordered: false,
  member: "network",
};
