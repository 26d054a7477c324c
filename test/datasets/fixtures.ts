// Small packed files written by Python 3 (zipfile, tarfile, lzma) and Pillow 12, so that readers meet another program's output.

import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";

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
