// Which class a network takes for which: one row a true class, its images spread over the predicted ones.

import type {Evaluation} from "../training/evaluate.js";
import {type Figure, figure} from "./figure.js";

const percent = (fraction: number): string => (100 * fraction).toFixed(1);

/** The pair of different classes confused most often, as words; "" when no image is misread. */
function worst(confusion: Evaluation["confusion"], classes: readonly string[]): string {
  let [most, from, to] = [0, 0, 0];
  confusion.forEach((row, i) =>
    row.forEach((count, j) => {
      if (i !== j && count > most) [most, from, to] = [count, i, j];
    }),
  );
  return most ? ` Most confused: ${classes[from]} taken for ${classes[to]}, ${most} times.` : "";
}

/** The confusion matrix in percent of each row. `of` says which images, for the caption. */
export function confusionFigure(
  {confusion, accuracy, n}: Pick<Evaluation, "confusion" | "accuracy" | "n">,
  classes: readonly string[],
  {of = "images"}: {of?: string} = {},
): Figure {
  const shares = confusion.map((row) => {
    const total = row.reduce((a, b) => a + b, 0);
    return row.map((count) => (total ? (100 * count) / total : 0));
  });
  const legible = classes.length <= 20;
  return figure({
    data: [
      {
        type: "heatmap",
        z: shares,
        x: classes,
        y: classes,
        zmin: 0,
        zmax: 100,
        colorscale: [
          [0, "#ffffff"],
          [1, "#0072B2"],
        ],
        xgap: 1,
        ygap: 1,
        ...(legible && {
          text: shares.map((row) => row.map((v) => (v >= 0.5 ? v.toFixed(0) : ""))),
          texttemplate: "%{text}",
        }),
        hovertemplate: "%{y} taken for %{x}: %{z:.1f} %<extra></extra>",
        colorbar: {title: {text: "% of the true class"}},
      },
    ],
    layout: {
      title: {text: "Confusion matrix"},
      height: 560,
      xaxis: {title: {text: "predicted class"}, showgrid: false, tickangle: -45},
      yaxis: {title: {text: "true class"}, showgrid: false, autorange: "reversed"},
    },
    caption: `${n.toLocaleString("en-US")} ${of}, ${percent(accuracy)} % of them right (the diagonal); chance is ${percent(1 / classes.length)} %.${worst(confusion, classes)}`,
  });
}
