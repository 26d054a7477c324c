import assert from "node:assert";
import {type Architecture, snasnet} from "../../src/architectures/architecture.js";
import {type Cell, parseCell, withKernelSize} from "../../src/architectures/cell.js";
import {type KernelSize, type Op} from "../../src/architectures/ops.js";
import {costOf, macsOf, paramsOf, weightBytes, worstCaseAcs} from "../../src/architectures/cost.js";
import {graphOf} from "../../src/architectures/description.js";
import {synOpsPerSpike} from "../../src/graphs/cost.js";
import {SNASNET_NEURON} from "../../src/graphs/neuron.js";
import {PUBLISHED} from "../../src/architectures/published.js";
import {populationsOf, touches} from "../../src/graphs/populations.js";
import {receptiveField as fieldOf} from "../../src/graphs/receptiveField.js";

const EMPTY = parseCell("0000 0000 0000 0000");
const small = snasnet({channels: 16});
const receptiveField = (a: Architecture): number => fieldOf(graphOf(a));
const readerOf = (a: Architecture, layer: string) =>
  populationsOf(graphOf(a)).flatMap(({readers}) => readers).find((reader) => reader.layer === layer)!; // prettier-ignore

/** The settings of the SNASNet papers and repositories. */
const SETTINGS: Readonly<Record<string, (pool: number, cell: Cell) => Architecture>> = {
  "CIFAR-10, 128 channels": (pool, cell) => snasnet({cell, pool, channels: 128}),
  "CIFAR-10, 256 channels": (pool, cell) => snasnet({cell, pool, channels: 256}),
  "CIFAR-100": (pool, cell) => snasnet({cell, pool, classes: 100, head: {hidden: 1024, voters: 5, dropout: 0.5}}),
  "Tiny-ImageNet": (pool, cell) =>
    snasnet({
      cell,
      pool,
      classes: 200,
      input: {size: 64, channels: 3},
      stemStride: 2,
      head: {hidden: 4096, voters: 5, dropout: 0.5},
    }),
};

describe("params", () => {
  // Counted on the reference system's own networks (arXiv 2201.10355; SpikeNAS-Bench).
  const BASES: readonly (readonly [string, number, number])[] = [
    ["CIFAR-10, 128 channels", 2, 17_179_620],
    ["CIFAR-10, 128 channels", 4, 4_596_708],
    ["CIFAR-10, 128 channels", 8, 1_450_980],
    ["CIFAR-10, 256 channels", 2, 34_846_564],
    ["CIFAR-10, 256 channels", 4, 9_680_740],
    ["CIFAR-10, 256 channels", 8, 3_389_284],
    ["CIFAR-100", 2, 17_589_620],
    ["CIFAR-100", 4, 5_006_708],
    ["CIFAR-100", 8, 1_860_980],
    ["Tiny-ImageNet", 2, 71_505_768],
    ["Tiny-ImageNet", 4, 21_174_120],
    ["Tiny-ImageNet", 8, 8_591_208],
  ];
  for (const [setting, pool, expected] of BASES)
    it(`of an empty cell: ${setting}, pool ${pool}: ${expected}`, () => {
      // Tiny-ImageNet's stem halves the image, so that both divide it by 2·pool·stride.
      assert.strictEqual(paramsOf(SETTINGS[setting]!(pool, EMPTY)), expected);
    });

  it("of one convolution edge in both cells", () => {
    const edge = (channels: number, op: Op): number => {
      const cell = EMPTY.map((row, i) => row.map((none, j) => (i === 0 && j === 3 ? op : none)));
      return paramsOf(snasnet({cell, channels})) - paramsOf(snasnet({cell: EMPTY, channels}));
    };
    const sizes: readonly KernelSize[] = [1, 3, 5, 7];
    assert.deepStrictEqual(
      sizes.map((k) => edge(128, `conv${k}`)),
      [82_688, 738_048, 2_048_768, 4_014_848],
    );
    assert.deepStrictEqual(
      sizes.map((k) => edge(256, `conv${k}`)),
      [329_216, 2_950_656, 8_193_536, 16_057_856],
    );
    assert.deepStrictEqual([edge(128, "skip"), edge(128, "avgPool")], [0, 0]);
  });

  it("of the published architectures", () => {
    assert.strictEqual(paramsOf(PUBLISHED["snasnet-cifar10-bw"].architecture), 19_520_356);
    assert.strictEqual(paramsOf(PUBLISHED["snasnet-cifar100-bw"].architecture), 20_624_500);
  });

  it("of 16 channels, of which the first linear layer holds 524,288", () => {
    const {params, paramsWithoutHead} = costOf(small);
    assert.strictEqual(params, 679_860);
    assert.strictEqual(paramsWithoutHead, 679_860 - 524_288 - 102_400 - 100);
  });

  it("grow by one for each spiking unit whose time constant is learnt", () => {
    const plif = {...small, neuron: {...SNASNET_NEURON, model: "plif" as const}};
    assert.strictEqual(paramsOf(plif) - paramsOf(small), 9); // 3 nodes in each of 2 cells, reduction1, last, head
  });

  it("take bits / 8 bytes each, rounded up", () => {
    assert.strictEqual(weightBytes(small), 2_719_440);
    assert.strictEqual(weightBytes(small, 1), 84_983); // 679,860 / 8 = 84,982.5
    assert.throws(() => weightBytes(small, 0), /^InputError: invalid bits: 0; expected an integer from 1 to 32$/);
    assert.throws(() => weightBytes(small, NaN), {name: "InputError"});
  });
});

/** Pairs of input and output positions that a kernel joins, counted one by one. */
function joined(side: number, k: number, stride: number): number {
  let count = 0;
  for (let oy = 0; oy < side / stride; ++oy)
    for (let ox = 0; ox < side / stride; ++ox)
      for (let y = 0; y < side; ++y)
        for (let x = 0; x < side; ++x)
          if (Math.abs(y - oy * stride) <= (k - 1) / 2 && Math.abs(x - ox * stride) <= (k - 1) / 2) ++count;
  return count;
}

describe("operations", () => {
  it("of the stem run once: 27·C·side²", () => {
    assert.strictEqual(macsOf(small), 27 * 16 * 1024);
    assert.strictEqual(macsOf({...small, T: 50}), 27 * 16 * 1024);
    assert.strictEqual(macsOf({...small, stemStride: 2, pool: 2}), 27 * 16 * 256);
  });

  it("of fc1 are multiplications at each timestep, or additions before the pooling", () => {
    assert.strictEqual(macsOf(small, {fc1: "macs"}), 27 * 16 * 1024 + 5 * 512 * 1024);
    assert.strictEqual(worstCaseAcs(small) - worstCaseAcs(small, {fc1: "macs"}), 5 * 32 * 256 * 1024);
  });

  it("are the same under either convention where nothing is pooled", () => {
    const a = {...small, pool: 1};
    assert.deepStrictEqual({...costOf(a, {fc1: "macs"}), fc1: "acs"}, costOf(a));
  });

  it("count connections exactly at the border, for every kernel size and larger than the map", () => {
    for (const kernelSize of [1, 3, 5, 7, 9, 11])
      for (const size of [8, 32]) {
        const cells = [withKernelSize(parseCell("03 00"), kernelSize)];
        const a = {...small, cells, input: {size, channels: 3}};
        const edge = readerOf(a, "cell1.e01.conv");
        assert.strictEqual(edge.connections, 256 * joined(size, kernelSize, 1), `${kernelSize} on ${size}`);
      }
    const tiny = snasnet({cell: withKernelSize(parseCell("03 00"), 9), cellCount: 1, input: {size: 2, channels: 3}, pool: 1}); // prettier-ignore
    assert.strictEqual(readerOf(tiny, "cell1.e01.conv").connections, 128 * 128 * 16);
    assert.strictEqual(touches(32, 3, 2) ** 2, joined(32, 3, 2));
  });

  it("of the worst case are T times all connections that spikes meet", () => {
    const a = snasnet({cell: parseCell("03 00"), cellCount: 1, channels: 2, T: 3, input: {size: 8, channels: 1}});
    const edge = 4 * joined(8, 3, 1);
    assert.strictEqual(worstCaseAcs(a), 3 * (edge + 2 * 64 * 1024 + 1024 * 100));
  });

  it("of one spike: k²·C in the interior for each edge that leaves the node", () => {
    const [n0] = populationsOf(graphOf(small));
    assert.strictEqual(n0!.name, "cell1.n0");
    assert.deepStrictEqual(synOpsPerSpike(n0!), {mean: (3 * 16 * 94 ** 2) / 32 ** 2, interior: 3 * 9 * 16});
  });
});

describe("memory of one image", () => {
  // C = 2, 8x8, one cell with one 3x3 edge: stem and edge 2·64 values each, last 2·64, fc1 1024, fc2 100.
  const a = snasnet({cell: parseCell("03 00"), cellCount: 1, channels: 2, input: {size: 8, channels: 1}});

  it("holds each layer's output", () => assert.strictEqual(costOf(a).activationBytes, 4 * (3 * 128 + 1024 + 100)));

  it("carries a membrane for each neuron, and what feedback edges leave at their target", () => {
    assert.strictEqual(costOf(a).neurons, 128 + 128 + 1024);
    assert.strictEqual(costOf(a).stateBytes, 4 * (128 + 128 + 1024));
    assert.strictEqual(costOf({...a, cells: [parseCell("03 10")]}).stateBytes, 4 * (128 + 128 + 1024 + 128));
  });
});

describe("receptive field", () => {
  it("adds (k − 1)·jump along the longest path", () => {
    // stem 1 + 2, cell 1 at jump 1 with 0 → 1 → 3 or 0 → 2 → 3: 4; reduction 2 + 1; cell 2 at jump 2: 8; pool 3·2.
    assert.strictEqual(receptiveField(small), 3 + 4 + 3 + 8 + 6);
    const widths = ([1, 3, 5, 7] as const).map((k) =>
      receptiveField({...small, cells: small.cells.map((cell) => withKernelSize(cell, k))}),
    );
    // Three hops 0 → 1 → 2 → 3 need the edge 1 → 2, a skip: Σ (k − 1) = 2·(k − 1) + 0.
    assert.deepStrictEqual(widths, [12, 24, 36, 48]);
  });

  it("is 0 where no forward path joins input and output", () =>
    assert.strictEqual(receptiveField({...small, cells: [EMPTY, EMPTY]}), 0));
});
