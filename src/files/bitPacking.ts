// Whole numbers side by side, `width` bits each, the lowest bit first; the last byte is filled with zeros.

/** Bytes that n numbers take. */
export const packedLength = (n: number, width: number): number => Math.ceil((n * width) / 8);

/** Numbers 0 … 2^width − 1 in width bits each; width <= 24. */
export function packBits(numbers: ArrayLike<number>, width: number): Buffer {
  const bytes = Buffer.alloc(packedLength(numbers.length, width));
  let [held, bits, at] = [0, 0, 0];
  for (let i = 0; i < numbers.length; ++i) {
    held |= numbers[i]! << bits;
    for (bits += width; bits >= 8; bits -= 8, held >>>= 8) bytes[at++] = held & 255;
  }
  if (bits > 0) bytes[at] = held & 255;
  return bytes;
}

/** The n numbers that `packBits` put there. */
export function unpackBits(bytes: Uint8Array, n: number, width: number): Uint32Array {
  const numbers = new Uint32Array(n);
  const mask = 2 ** width - 1;
  let [held, bits, at] = [0, 0, 0];
  for (let i = 0; i < n; ++i) {
    for (; bits < width; bits += 8) held |= bytes[at++]! << bits;
    numbers[i] = held & mask;
    held >>>= width;
    bits -= width;
  }
  return numbers;
}
