// --data: a data set by name, or the user's own images and arrays.

import type {Command} from "commander";
import {invalid} from "../check.js";
import {DATASET_NAMES, datasetName, OWN_DATA} from "../datasets/index.js";
import {ownDataName, parseOwnData} from "../datasets/ownData.js";

export type DataNameOptions = {
  readonly data?: string;
  readonly imageSize?: string;
  readonly imageChannels?: string;
};

const [folder, npz] = [OWN_DATA.folder, OWN_DATA.npz];

/** What the forms of a user's own data are, for help. */
export const OWN_DATA_HELP = `${folder.usage}: ${folder.title}; ${npz.usage}: ${npz.title}`;

/** The size and channels of a user's own images. */
export const addImageOptions = (command: Command): Command =>
  command
    .option("--image-size <px>", `of ${folder.usage}: side, or height x width such as 24x32 (default: 32)`)
    .option("--image-channels <n>", `of ${folder.usage}: 3 for colour, 1 for grey (default: 3)`);

/** Declares --data and what belongs to it. */
export const addDataOption = (command: Command): Command =>
  addImageOptions(
    command.option("--data <name>", `data set: ${DATASET_NAMES.join(", ")}; ${OWN_DATA_HELP}`, datasetName),
  );

/** The name with the size and channels that were asked for; undefined where no data set was named. */
export function dataNameOf({data, imageSize, imageChannels}: DataNameOptions): string | undefined {
  if (imageSize === undefined && imageChannels === undefined) return data;
  const own = data === undefined ? undefined : parseOwnData(datasetName(data));
  if (own?.form !== "folder")
    throw invalid(
      "option",
      imageSize === undefined ? "--image-channels" : "--image-size",
      `--data ${folder.usage} with it`,
    );
  const options = {
    ...own.options,
    ...(imageSize !== undefined && {size: imageSize}),
    ...(imageChannels !== undefined && {channels: imageChannels}),
  };
  return datasetName(ownDataName({...own, options}));
}
