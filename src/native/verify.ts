// Whether native TensorFlow works, tried in a child process.

import {fileURLToPath} from "node:url";
import {CommandError, runCommand} from "./command.js";

export type Verdict = {
  readonly works: boolean;
  readonly gpu: boolean;
  /** What is wrong; empty when it works. */
  readonly why: string;
};

/** Runs real operations on the native backend and compares them with known values. */
export async function verifyNative(root: string, signal?: AbortSignal): Promise<Verdict> {
  const script = fileURLToPath(new URL("./probe.js", import.meta.url));
  const env = {TF_CPP_MIN_LOG_LEVEL: "2", ...process.env, SPIKEBOOK_ROOT: root, SPIKEBOOK_BACKEND: "tensorflow"};
  try {
    const out = await runCommand(process.execPath, [script], {env, signal});
    const {works, gpu, why} = JSON.parse(out.trim().split("\n").at(-1) ?? "") as Verdict;
    return {works, gpu, why};
  } catch (error) {
    if (error instanceof CommandError) return {works: false, gpu: false, why: `it crashed: ${error.message}`};
    throw error;
  }
}
