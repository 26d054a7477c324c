// What compressing a network came to: one row for each form of it that was measured, on the same test images.

/** A form of a network, and what it is beside the network as it was trained; accuracies are fractions. */
export type CompressionRow = {
  /** "original", or what was done: "4 bits, 50 % kept, T = 3". */
  readonly form: string;
  /** The trial that made the network. */
  readonly network: string;
  /** Of a weight; of mixed bits, "mixed". */
  readonly bits: number | "mixed";
  readonly kept: number;
  readonly timesteps: number;
  /** Of n test images, with Wilson's 95 % interval. */
  readonly accuracy: number;
  readonly accuracyLow: number;
  readonly accuracyHigh: number;
  readonly n: number;
  /** Accuracy minus the original's, image by image, with its 95 % interval; 0 of the original. */
  readonly difference: number;
  readonly differenceLow: number;
  readonly differenceHigh: number;
  /** Fraction of the images to which both say the same class. */
  readonly agreement: number;
  /** Weights that are kept at their bits, the other parameters at 32: the cost model's bytes. */
  readonly weightBytes: number;
  /** Bytes of the packed file: in each form, and in the shortest of each layer, which is its length. */
  readonly denseBytes: number;
  readonly bitmaskBytes: number;
  readonly entropyBytes: number;
  readonly fileBytes: number;
  /** Per image, as if no weight were pruned; and times the bits of each, pruned ones taking none. */
  readonly synOps: number;
  readonly bitSynOps: number;
  /** Whether running statistics were measured anew. */
  readonly recalibrated: boolean;
};

/** One layer at some bits, all others in float32, on the images that choose. */
export type SensitivityRecord = {
  readonly layer: string;
  readonly bits: number;
  /** Of the layer's block in the packed file. */
  readonly bytes: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly n: number;
};
