// Small packed files written by Python 3 (zipfile, tarfile, lzma), NumPy 2.4 and Pillow 12 and 13, so that readers meet another program's output.

import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {crc32} from "node:zlib";
import {encodePng} from "../../src/plots/canvas.js";

const bytes = (base64: string): Buffer => Buffer.from(base64, "base64");

/** set/a.txt, "hello " 20 times, deflated; set/b.bin, bytes 0 1 2, stored. */
export const ZIP = bytes(
  `UEsDBBQAAAAAAIm0dF0AAAAAAAAAAAAAAAAEAAAAc2V0L1BLAwQUAAAACACJtHRdL/r4SAsAAAB4AAAACQAAAHNldC9hLnR4dMtI
    zcnJV8igOwkAUEsDBBQAAAAAAIm0dF1/iVQIAwAAAAMAAAAJAAAAc2V0L2IuYmluAAECUEsBAhQDFAAAAAAAibR0XQAAAAAAAAAA
    AAAAAAQAAAAAAAAAAAAQAP1BAAAAAHNldC9QSwECFAMUAAAACACJtHRdL/r4SAsAAAB4AAAACQAAAAAAAAAAAAAAgAEiAAAAc2V0
    L2EudHh0UEsBAhQDFAAAAAAAibR0XX+JVAgDAAAAAwAAAAkAAAAAAAAAAAAAAIABVAAAAHNldC9iLmJpblBLBQYAAAAAAwADAKAA
    AAB+AAAAAAA=`,
);

/** set/a.txt, "hello tar"; set/b.bin, bytes 0 1 2. */
export const TAR_GZ = bytes(
  `H4sIAGLLAGsC/+3T0QpAMBSA4fEknoAjw/NQihJlUx7f4UbtHsn/3Zx1Wq1Wv+t81qR+8+Y+oiprz6nCKZLn1/nc16WuEjEPWJ1v
    Fn3S/FPfjeOcHF+AP3Laf5u2w/Rm/1KE/Vu9Tv9PiGIiAAAAAAAAAAAAAAAA+LAdsuqLpAAoAAA=`,
);

/** "hello xz". */
export const XZ = bytes(`/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAHaGVsbG8geHoAho+bS0kI4KQAASAIuxnZux+2830BAAAAAARZWg==`);

/** 64x64, one channel, 128 everywhere. */
export const GREY_JPEG = bytes(
  `/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMU
    FRUVDA8XGBYUGBIUFRT/wAALCABAAEABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF
    BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW
    V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi
    4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/ACiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii
    iv/Z`,
);

/** 64x64, four channels, cyan 0, magenta 255, yellow 255, black 0: pure red. */
export const CMYK_JPEG = bytes(
  `/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUV
    FQwPFxgWFBgSFBUU/8AAFAgAQABABEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIB
    AwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZH
    SElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV
    1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD9U6/Kqvyqr9U6KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK
    KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK
    KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK
    KKKKKKKKKKKKKKKKKKKK/9k=`,
);

/** 64x64, three channels, pure red. */
export const RED_JPEG = bytes(
  `/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMU
    FRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU
    FBQUFBQUFBT/wAARCABAAEADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF
    BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW
    V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi
    4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAEC
    AxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm
    Z2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq
    8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD50ooor8MP9UwooooAKKKKACiiigAooooAKKKKACiiigAooooAKKKKACiiigAooooAKKKK
    ACiiigAooooAKKKKACiiigD/2Q==`,
);

/** 16x8, left half black and right half white, with the EXIF orientation 6: shown, its top is black and its bottom white. */
export const TURNED_JPEG = bytes(
  `/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgF
    BQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIABABAREA/8QAHwAAAQUBAQEBAQEAAAAA
    AAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcY
    GRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2
    t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APyqr+qiv//Z`,
);

/** 4x1, grey of 16 bits: 0, 257, 32768, 65535. */
export const DEEP_PNG = bytes(
  `iVBORw0KGgoAAAANSUhEUgAAAAQAAAABEAAAAACMx4xSAAAAEUlEQVR4nGNgYGBkbGD4/x8ABRECga7p1FkAAAAASUVORK5CYII=`,
);

/** 2x1, RGBA: opaque red, transparent black. */
export const CLEAR_PNG = bytes(
  `iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAEUlEQVR4nGP4z8Dwn4GBgQEADPwB//0td20AAAAASUVORK5CYII=`,
);

/** 2x1, a palette: red, blue. */
export const PALETTE_PNG = bytes(
  `iVBORw0KGgoAAAANSUhEUgAAAAIAAAABAQMAAADO7O3JAAAABlBMVEX/AAAAAP9sof2OAAAACklEQVR4nGNwAAAAQgBBKTf07wAAAABJ
    RU5ErkJggg==`,
);

/** 2x1, a GIF. */
export const GIF = bytes(`R0lGODdhAgABAIEAAP8AAAAA/wAAAAAAACwAAAAAAgABAAAIBQABBAgIADs=`);

/** numpy.savez_compressed of NumPy 2.4: x = uint8 [6, 4, 5, 3], element i being i % 256; y = 0 1 0 1 0 1; classes = "cat", "dög". */
export const NPZ = bytes(
  `UEsDBC0AAAAIAAAAIQBtjFhj//////////8FABQAeC5ucHkBABAA6AEAAAAAAABdAQAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5T
    aqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GmY6CiY6CqY6CsaaOgq1CmQALgZGJmYWVjZ2Dk4ubh5ePn4BQSFhEVExcQlJ
    KWkZWTl5BUUlZRVVNXUNTS1tHV09fQNDI2MTUzNzC0sraxtbO3sHRydnF1c3dw9PL28fXz//gMCg4JDQsPCIyKjomNi4+ITEpOSU1LT0
    jMys7JzcvPyCwqLiktKy8orKquqa2rr6hsam5pbWtvaOzq7unt6+/gkTJ02eMnXa9BkzZ82eM3fe/AULFy1esnTZ8hUrV61es3bd+g0b
    N23esnXb9h07d+3es3ff/gMHDx0+cvTY8RMnT50+c/bc+QsXL12+cvXa9Rs3b92+c/fe/QcPHz1+8vTZ8xcvX71+8/bd+w8fP33+8vXb
    9x8/f/3+8/fff3r5HwBQSwMELQAAAAgAAAAhABcts4v//////////wUAFAB5Lm5weQEAEACwAAAAAAAAAEwAAAAAAAAAm+wX6hsQychQ
    xlCtnpJanFykbqWgbpNpoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaZjqaOgq1ChQALgYoYGRABbj4AFBLAwQtAAAACAAA
    ACEADz6S0P//////////CwAUAGNsYXNzZXMubnB5AQAQAJgAAAAAAAAAVQAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuE2qsrqOg
    npZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFACuZAYGhkQgLgHiFCD+BsTpQAwAUEsBAi0DLQAAAAgAAAAhAG2MWGNd
    AQAA6AEAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAi0DLQAAAAgAAAAhABcts4tMAAAAsAAAAAUAAAAAAAAAAAAAAIABlAEAAHku
    bnB5UEsBAi0DLQAAAAgAAAAhAA8+ktBVAAAAmAAAAAsAAAAAAAAAAAAAAIABFwIAAGNsYXNzZXMubnB5UEsFBgAAAAADAAMAnwAAAKkC
    AAAAAA==`,
);

/** Runs `work` in a folder that is removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "spikebook-test-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** Writes files below a folder and returns the folder. */
export function put(folder: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), {recursive: true});
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** CIFAR records with the given labels in front of 3072 bytes each, made by `pixel`. */
export function cifarRecords(labels: readonly (readonly number[])[], pixel = (i: number): number => i % 251): Buffer {
  return Buffer.concat(
    labels.map((l) => Buffer.concat([Buffer.from(l), Buffer.from(Array.from({length: 3072}, (_, i) => pixel(i)))])),
  );
}

/** An idx file of `n` images of 28x28, every byte of image i being i. */
export function idxImages(n: number, header: readonly number[] = [0x803, n, 28, 28]): Buffer {
  const file = Buffer.alloc(4 * header.length + n * 784);
  header.forEach((value, i) => file.writeUInt32BE(value, 4 * i));
  for (let i = 0; i < n; ++i) file.fill(i, 4 * header.length + i * 784, 4 * header.length + (i + 1) * 784);
  return file;
}

/** An idx file of labels. */
export const idxLabels = (labels: readonly number[]): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 8, 1, 0, 0, 0, labels.length]), Buffer.from(labels)]);

/** A PNG file of one colour. */
export function pngOf([red, green, blue]: readonly number[], width = 16, height = 16): Buffer {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let p = 0; p < width * height; ++p) data.set([red!, green!, blue!, 255], 4 * p);
  return encodePng({width, height, data});
}

/** A folder of images: for each class `count` PNG files of one colour, which names class and file: (80·label, file, 128). */
export const pngFolder = (classes: readonly string[], count: number, below = ""): Record<string, Buffer> =>
  Object.fromEntries(
    classes.flatMap((name, label) =>
      Array.from({length: count}, (_, i) => [`${below}${name}/${i}.png`, pngOf([80 * label, i, 128])] as const),
    ),
  );

/** An array in NumPy's format, version 1. */
export function npy(descr: string, shape: readonly number[], data: Uint8Array, order = "False"): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.map((n) => `${n},`).join(" ")}), }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Buffer.of(header.length, 0), header, data]);
}

/** Bytes, floats of 32 bits or whole numbers of 64 as an array in NumPy's format. */
export const npyOf = (values: readonly number[], shape: readonly number[], descr: "|u1" | "<f4" | "<i8"): Buffer => {
  const typed = {"|u1": () => Uint8Array.from(values), "<f4": () => Float32Array.from(values), "<i8": () => BigInt64Array.from(values, BigInt)}[descr](); // prettier-ignore
  return npy(descr, shape, new Uint8Array(typed.buffer));
};

/** A zip archive whose members are stored. */
export function zipOf(members: Readonly<Record<string, Uint8Array>>): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, bytes] of Object.entries(members)) {
    const fields = Buffer.alloc(26); // version, flags, method, time, date, CRC-32, packed, unpacked, name, extra
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(bytes.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), bytes]);
    const tail = Buffer.alloc(14); // comment, disk, attributes, offset
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\0\0"), fields, tail, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt32LE(directory.reduce((sum, {length}) => sum + length, 0), 8); // prettier-ignore
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from("PK\x05\x06"), end]);
}

/** A WAV file of one channel and 16 bits, of samples from −1 to 1. */
export function wavOf(samples: readonly number[], rate = 8000): Buffer {
  const file = Buffer.alloc(44 + 2 * samples.length);
  file.write("RIFF....WAVEfmt ", "latin1");
  file.writeUInt32LE(file.length - 8, 4);
  file.writeUInt32LE(16, 16); // bytes of the format: uncompressed, one channel, rate, bytes a second, bytes a sample, bits
  [1, 1, rate & 0xffff, rate >> 16, (2 * rate) & 0xffff, (2 * rate) >> 16, 2, 16].forEach((value, i) => file.writeUInt16LE(value, 20 + 2 * i)); // prettier-ignore
  file.write("data", 36, "latin1");
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((value, i) =>
    file.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(32768 * value))), 44 + 2 * i),
  );
  return file;
}
