// What is known of a data set before it is loaded: its line in the table of data sets (index.ts).

import type {Dataset, Modality, ReadRequest, SampleShape} from "./dataset.js";
import type {Recipe} from "./recipe.js";

export type DatasetEntry = {
  readonly title: string;
  /** Numbers of training and test samples held or published; undefined where they are drawn on demand. */
  readonly counts?: {readonly train: number; readonly test: number};
  /** Training samples that can be drawn with equally many of each class; all of them when absent. */
  readonly balanced?: number;
  /** Of those, the ones that its authors keep for validation; drawn from all of them when absent. */
  readonly validation?: number;
  readonly sampleShape: SampleShape;
  readonly modality: Modality;
  readonly classCount: number;
  /** What its authors allow, in few words. */
  readonly terms: string;
  /** How to get it; undefined where nothing is installed. */
  readonly recipe?: Recipe;
  readonly read: (request: ReadRequest) => Promise<Dataset>;
};
