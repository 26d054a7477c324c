// The only file that loads sharp (libvips), when the first picture is decoded or written.

import type sharp from "sharp";
import {InputError} from "./check.js";

let library: Promise<typeof sharp> | undefined;

/** Without SIMD, so that every processor gives the same bytes. */
export function loadSharp(): Promise<typeof sharp> {
  library ??= import("sharp").then(
    ({default: load}) => {
      load.simd(false);
      load.cache(false);
      load.concurrency(1);
      return load;
    },
    (error: unknown) => {
      throw new InputError(
        `pictures cannot be read or written: ${(error as Error).message.split("\n")[0]}; npm ci installs sharp`,
      );
    },
  );
  return library;
}
