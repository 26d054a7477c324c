// What a running kernel offers to the library that a cell calls. Outside a kernel there is none, and the library prints.

export type MimeBundle = Readonly<Record<string, unknown>>;

export type KernelHost = {
  /** Sends one display, after the text printed before it. */
  readonly display: (data: MimeBundle, metadata: Readonly<Record<string, unknown>>) => void;
  /** Aborted when the running cell is interrupted. */
  readonly signal: () => AbortSignal;
  /** The cell is not over before this promise is settled. */
  readonly hold: (work: Promise<unknown>) => void;
};

// On globalThis, so that the kernel and the library find each other even when loaded as two copies.
const KEY = Symbol.for("spikebook.kernelHost");
const place = globalThis as {[KEY]?: KernelHost};

export const kernelHost = (): KernelHost | undefined => place[KEY];

export function setKernelHost(host: KernelHost | undefined): void {
  if (host) place[KEY] = host;
  else delete place[KEY];
}
