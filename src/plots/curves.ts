// How training went: loss and accuracy after each epoch.

import type {EpochRecord} from "../training/checkpoint.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

/** The curve of one training; a journal's records hold `null` where the loss was no longer a number. */
type Curve = readonly (Omit<EpochRecord, "loss" | "seconds" | "learningRate"> & {readonly loss: number | null})[];

function line(curve: Curve, name: string, axis: "" | "2", color: string, y: readonly unknown[]): Trace {
  return {
    type: "scatter",
    mode: "lines+markers",
    name,
    x: curve.map(({epoch}) => epoch),
    y,
    xaxis: `x${axis}`,
    yaxis: `y${axis}`,
    line: {width: 2, color},
    marker: {size: 7, color},
  };
}

/**
 * Loss and accuracies by epoch. `chance` draws a line there (a fraction); `minimised` names the loss and its unit; `of` says
 * what was trained, for the caption.
 */
export function trainingCurveFigure(
  curve: Curve,
  {chance, minimised = "cross-entropy, nats", of = ""}: {chance?: number; minimised?: string; of?: string} = {},
): Figure {
  const [loss, training, validation] = [PALETTE[6]!, PALETTE[0]!, PALETTE[1]!];
  const validated = curve.some(({validationAccuracy}) => validationAccuracy !== undefined);
  const percent = (value: number | undefined): number | undefined => (value === undefined ? undefined : 100 * value);
  const epochs = {title: {text: "epoch"}, dtick: Math.max(1, Math.ceil(curve.length / 10))};
  return figure({
    data: [
      line(curve, "training loss", "", loss, curve.map((epoch) => epoch.loss)), // prettier-ignore
      line(curve, "training", "2", training, curve.map((epoch) => percent(epoch.trainAccuracy))), // prettier-ignore
      ...(validated
        ? [line(curve, "validation", "2", validation, curve.map((epoch) => percent(epoch.validationAccuracy)))] // prettier-ignore
        : []),
    ],
    layout: {
      title: {text: "Training"},
      height: 340,
      xaxis: {...epochs, domain: [0, 0.43]},
      yaxis: {title: {text: `loss (${minimised})`}, rangemode: "tozero"},
      xaxis2: {...epochs, domain: [0.57, 1], anchor: "y2"},
      yaxis2: {title: {text: "accuracy (%)"}, anchor: "x2", range: [0, 100]},
      ...(chance !== undefined && {
        shapes: [{type: "line", xref: "x2 domain", x0: 0, x1: 1, yref: "y2", y0: 100 * chance, y1: 100 * chance, line: {dash: "dot", color: "#555555", width: 1}}], // prettier-ignore
        annotations: [{text: "chance", xref: "x2 domain", x: 1, xanchor: "right", yref: "y2", y: 100 * chance, yanchor: "bottom", showarrow: false}], // prettier-ignore
      }),
    },
    caption:
      `Mean training loss, and accuracy on training images as they were met (while the weights still moved)${validated ? " and on validation images after the epoch" : ""}; one run. ${of}`.trim(),
  });
}
