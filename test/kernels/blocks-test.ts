import assert from "node:assert";
import {spawnSync} from "node:child_process";
import {type Allocator, withRegions} from "../../src/kernels/blocks.js";
import {random, randomKey} from "../../src/random.js";

const MiB = 2 ** 20;

/** An allocator that only ever goes up to `limit`, notes what it lent, and takes nothing back twice. */
function counting(limit = Infinity): Allocator & {readonly lent: Map<number, number>; top: number} {
  const lent = new Map<number, number>();
  const self = {
    lent,
    top: 8,
    malloc(bytes: number): number {
      // First fit between what is lent, as a real one would.
      const taken = [...lent].sort(([a], [b]) => a - b);
      let at = 8;
      for (const [start, size] of taken) {
        if (start - at >= bytes) break;
        at = start + size;
      }
      if (at + bytes > limit) return 0;
      lent.set(at, bytes);
      self.top = Math.max(self.top, at + bytes);
      return at;
    },
    free(at: number): void {
      assert.ok(lent.delete(at), `${at} was not lent`);
    },
  };
  return self;
}

describe("kernels/blocks", () => {
  it("gives blocks that lie inside the regions it allocated and never overlap, whatever is allocated and freed", () => {
    for (let seed = 0; seed < 30; ++seed) {
      const stream = random(randomKey(seed, "blocks"));
      const below = counting();
      const {malloc, free} = withRegions(below);
      const held: {at: number; bytes: number}[] = [];
      for (let step = 0; step < 300; ++step) {
        if (held.length && stream.uniform() < 0.48) {
          const index = Math.floor(stream.uniform() * held.length);
          for (const {at} of held.splice(index, 1)) free(at);
          continue;
        }
        const bytes = Math.ceil(
          stream.choice([100, MiB, 11 * MiB, 20 * MiB, 40 * MiB, 80 * MiB]) * (0.9 + 0.1 * stream.uniform()),
        );
        const at = malloc(bytes);
        const inside = [...below.lent].some(([start, size]) => start <= at && at + bytes <= start + size);
        assert.ok(inside, `seed ${seed}, step ${step}: ${bytes} bytes at ${at} were not lent`);
        const overlap = held.find((other) => at < other.at + other.bytes && other.at < at + bytes);
        assert.strictEqual(overlap, undefined, `seed ${seed}, step ${step}`);
        held.push({at, bytes});
      }
      for (const {at} of held) free(at);
      free(malloc(2 ** 32)); // larger than any region: what is free goes back first
      assert.strictEqual(below.lent.size, 1, "one region is left");
    }
  });

  it("keep large blocks whole where small ones would lie in their holes", () => {
    const steps = ({malloc, free}: Allocator): void => {
      for (let round = 0; round < 10; ++round) {
        const first = malloc(40 * MiB);
        free(first);
        malloc(MiB); // stays
        free(malloc(40 * MiB));
      }
    };
    const plain = counting();
    steps(plain);
    assert.ok(plain.top > 49 * MiB, `${plain.top / MiB} MiB`);
    const regions = counting();
    const {malloc, free} = withRegions(regions);
    const places = new Set<number>();
    steps({
      malloc: (bytes) => {
        const at = malloc(bytes);
        if (bytes > 10 * MiB) places.add(at);
        return at;
      },
      free,
    });
    assert.strictEqual(places.size, 1, "the same place in every round");
  });

  it("keep blocks of a step's sizes close together: holes merge", () => {
    const {malloc, free} = withRegions(counting());
    const maps = Array.from({length: 6}, () => malloc(20 * MiB));
    for (const at of [maps[1]!, maps[2]!, maps[4]!]) free(at);
    assert.strictEqual(malloc(40 * MiB), maps[1]);
    assert.strictEqual(malloc(18 * MiB), maps[4]);
  });

  it("return 0 where there is no memory left, and reuse what is freed", () => {
    const {malloc, free} = withRegions(counting(100 * MiB));
    const at = malloc(60 * MiB);
    assert.strictEqual(malloc(60 * MiB), 0);
    free(at);
    assert.ok(malloc(90 * MiB) > 0); // the free region made room
  });

  it("are there from the first kernel on, also where that one needs a scratch buffer", () => {
    const script = `
      import {spikeConv} from ${JSON.stringify(import.meta.resolve("../../src/kernels/spikeConv.js"))};
      import {startBackend} from ${JSON.stringify(import.meta.resolve("../../src/kernels/index.js"))};
      import {backend, ones, tensor} from ${JSON.stringify(import.meta.resolve("../../src/tf.js"))};
      await startBackend("wasm");
      const shape = [48, 64, 64, 16]; // 12 MiB of floats
      const [bits, w] = [tensor(new Int32Array(48 * 64 * 64).fill(1), [48 * 64 * 64], "int32"), ones([1, 1, 16, 16])];
      const places = [];
      for (let i = 0; i < 4; ++i) {
        const {y} = spikeConv({bits, shape, density: 1 / 16}, w);
        places.push(backend().dataIdMap.get(y.dataId).memoryOffset);
        y.dispose();
      }
      process.stdout.write(JSON.stringify(places));
    `;
    const {stdout, stderr} = spawnSync(process.execPath, ["--input-type=module", "-e", script], {encoding: "utf8"});
    assert.strictEqual(stderr, "");
    const places = JSON.parse(stdout) as number[];
    assert.strictEqual(places.length, 4);
    assert.strictEqual(new Set(places.slice(1)).size, 1, `maps of one size, each returned before the next: ${stdout}`);
  });
});
