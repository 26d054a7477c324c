import assert from "node:assert";
import {cpSync, existsSync, mkdirSync, readdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {datasetEntry, loadDataset} from "../../src/datasets/index.js";
import {install} from "../../src/datasets/install.js";
import {membersOf} from "../../src/datasets/unpack.js";
import {balancedSplit} from "../../src/datasets/split.js";
import {randomKey} from "../../src/random.js";
import {packageRoot} from "../../src/root.js";
import {inFolder, put, wavOf} from "./fixtures.js";

const WORDS = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"];
const CLASSES = [...WORDS, "unknown", "silence"];

/** A second at 16 kHz of a tone that begins after `silence` samples. */
const clip = (hertz: number, silence = 0, seconds = 1): Buffer =>
  wavOf(Array.from({length: 16000 * seconds}, (_, i) => (i < silence ? 0 : 0.5 * Math.sin((2 * Math.PI * hertz * i) / 16000))), 16000); // prettier-ignore

const hash = (i: number): string => i.toString(16).padStart(8, "0");
const [TRAIN, VALIDATION, TEST] = [[0, 1, 2, 3], [4], [5]];

/** A small copy: six clips of each of 13 words by six speakers, and a noise whose pitch changes where parts do. */
function copy(): Record<string, Buffer | string> {
  const words = [...WORDS, "bed", "cat", "zero"];
  const clips = words.flatMap((word, w) => [...TRAIN, ...VALIDATION, ...TEST].map((i) => [`${word}/${hash(i)}_nohash_0.wav`, clip(200 + 100 * w)] as const)); // prettier-ignore
  const list = (speakers: readonly number[]): string => words.flatMap((word) => speakers.map((i) => `${word}/${hash(i)}_nohash_0.wav\n`)).join(""); // prettier-ignore
  return {
    ...Object.fromEntries(clips),
    ...{"validation_list.txt": list(VALIDATION), "testing_list.txt": list(TEST)},
    ...{"_background_noise_/hum.wav": clip(3000, 0, 20), "README.md": "x"},
  };
}

const within = (folder: string, files: Readonly<Record<string, Buffer | string>>): Record<string, Buffer | string> =>
  Object.fromEntries(Object.entries(files).map(([name, file]) => [`${folder}/${name}`, file]));

const load = (dataDir: string) => loadDataset("speech-commands", {dataDir});

describe("speech commands", () => {
  it("are installed from a copy and split by the lists, with unknown words and silence as one word on average", () =>
    inFolder(async (dir) => {
      const from = put(join(dir, "from"), within("copy", copy()));
      const entry = datasetEntry("speech-commands");
      const {train, test, cut} = await install("speech-commands", entry.recipe!, {dataDir: dir, from});
      assert.deepStrictEqual({train, test, cut}, {train: 60, test: 12, cut: true});
      const data = await load(dir);
      assert.deepStrictEqual([data.sampleShape, data.modality, data.classes], [[32, 32, 1], "audio", CLASSES]);
      const counts = CLASSES.map((_, label) => data.train.labels.filter((l) => l === label).length);
      assert.deepStrictEqual(counts, new Array(12).fill(5));
      assert.deepStrictEqual([...data.test.labels], [...CLASSES.keys()]);
      assert.strictEqual(data.validation!.length, 12);
      const {validation} = balancedSplit(data.train.labels, {classes: 12, sizes: {train: 48, validation: 12}, key: randomKey(1), reserved: data.validation}); // prettier-ignore
      assert.deepStrictEqual(new Set(validation), new Set(data.validation));
    }));

  it("keep the parts of a noise apart", () =>
    inFolder(async (dir) => {
      const files = copy();
      // 20 seconds: 600 Hz up to 80 %, 1,800 Hz up to 90 %, 5,000 Hz then.
      const hertz = (i: number): number => (i < 16 * 16000 ? 600 : i < 18 * 16000 ? 1800 : 5000);
      files["_background_noise_/hum.wav"] = wavOf(Array.from({length: 20 * 16000}, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz(i) * i) / 16000)), 16000); // prettier-ignore
      put(dir, within("speech_commands_v0.02", files));
      const data = await load(dir);
      const kept = new Set(data.validation);
      const loudest = (samples: ArrayLike<number>, i: number): number => {
        const bands = Array.from({length: 32}, (_, b) => samples[i * 1024 + b * 32]!);
        return bands.indexOf(Math.max(...bands));
      };
      const of = (part: (i: number) => boolean): number[] => [...data.train.labels.keys()].filter((i) => data.train.labels[i] === 11 && part(i)).map((i) => loudest(data.train.samples, i)); // prettier-ignore
      const [training, validation] = [of((i) => !kept.has(i)), of((i) => kept.has(i))];
      const tested = loudest(data.test.samples, 11);
      assert.ok(new Set(training).size === 1 && new Set(validation).size === 1);
      assert.ok(training[0]! < validation[0]! && validation[0]! < tested, `${training[0]} ${validation[0]} ${tested}`);
    }));

  it("are refused in words where lists, words or clips are wrong", () =>
    inFolder(async (dir) => {
      const put2 = (files: Record<string, Buffer | string>) => put(dir, within("speech_commands_v0.02", files));
      put2({"yes/00000000_nohash_0.wav": clip(300)});
      await assert.rejects(
        load(dir),
        /no clips in no, up, down, .*_background_noise_; expected folders of the ten words/,
      );
      const {"testing_list.txt": testing, ...rest} = copy();
      put2(rest);
      await assert.rejects(load(dir), /testing_list.txt: no such file; expected a file of the official folder/);
      put2({"testing_list.txt": "yes 5\n"});
      await assert.rejects(load(dir), /line 1 of .*testing_list.txt: yes 5; expected such as bed/);
      put2({"testing_list.txt": testing!, "yes/00000001_nohash_0.wav": wavOf([0, 0.1], 8000)});
      await assert.rejects(load(dir), /rate of .*00000001_nohash_0.wav: 8000; expected 16000/);
      put2({"yes/00000001_nohash_0.wav": Buffer.from("RIFF")});
      await assert.rejects(load(dir), /yes.00000001_nohash_0.wav: .*; expected a whole WAV file/);
    }));

  it("are read from real clips put into the official layout", async function () {
    const archive = join(packageRoot, "..", "shared", "data", "audio", "speech_commands_test_v0.02_subset120.tar.xz");
    if (!existsSync(archive)) return this.skip();
    await inFolder(async (dir) => {
      const to = join(dir, "speech_commands_v0.02");
      const real = await unpackedClips(archive, join(dir, "real"));
      const lines: string[] = [];
      for (const word of WORDS) {
        cpSync(join(real, word), join(to, word), {recursive: true});
        lines.push(...readdirSync(join(to, word)).slice(0, 2).map((file) => `${word}/${file}`)); // prettier-ignore
      }
      mkdirSync(join(to, "_background_noise_"), {recursive: true});
      cpSync(join(real, "_silence_"), join(to, "_background_noise_"), {recursive: true});
      for (const file of readdirSync(join(real, "_unknown_"))) cpSync(join(real, "_unknown_", file), join(to, "bed", file.replace(/^[a-z]+_|\.wav$/g, ""))); // prettier-ignore
      for (const list of ["validation_list.txt", "testing_list.txt"]) writeFileSync(join(to, list), "");
      writeFileSync(join(to, "testing_list.txt"), `${lines.join("\n")}\n`);
      const data = await load(dir);
      assert.deepStrictEqual([data.train.labels.length, data.test.labels.length], [80 + 8 + 8, 20 + 2]);
      assert.ok(data.train.samples.every((v) => v >= 0 && v <= 1));
      assert.ok(data.mean[0]! > 0.2 && data.mean[0]! < 0.8 && data.sd[0]! > 0.05, `${data.mean[0]} ± ${data.sd[0]}`);
    });
  });
});

/** Unpacks the clips of an archive and returns the folder that has the words. */
async function unpackedClips(archive: string, to: string): Promise<string> {
  const all = {member: () => 2 ** 22, total: 2 ** 28};
  let root = "";
  for await (const {path, open} of membersOf(archive, all)) {
    if (!path.endsWith(".wav")) continue;
    const chunks: Buffer[] = [];
    for await (const chunk of await open()) chunks.push(chunk as Buffer);
    put(to, {[path]: Buffer.concat(chunks)});
    root = join(to, path.split("/").slice(0, -2).join("/"));
  }
  return root;
}
