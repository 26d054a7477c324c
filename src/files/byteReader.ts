// Bytes read one part after another; a part that goes beyond the end is an error.

export type ByteReader = {
  readonly take: (count: number) => Buffer;
  readonly u8: () => number;
  readonly u32: () => number;
  /** Bytes that are left. */
  readonly left: () => number;
};

export function byteReader(bytes: Buffer): ByteReader {
  let at = 0;
  const take = (count: number): Buffer => {
    if (count > bytes.length - at)
      throw new Error(`it ends early: ${count} bytes are due, and ${bytes.length - at} are left`);
    return bytes.subarray(at, (at += count));
  };
  return {take, u8: () => take(1)[0]!, u32: () => take(4).readUInt32LE(), left: () => bytes.length - at};
}
