import assert from "node:assert";
import {kendallTau} from "../../src/analysis/correlation.js";
import {asCoarseAs} from "../../src/analysis/ties.js";
import {random, randomKey} from "../../src/random.js";

describe("a score made as coarse as another", () => {
  it("has classes of the same sizes, in its own order", () => {
    assert.deepStrictEqual(asCoarseAs([0.3, 9, -1, 4, 5], [0, 0, 1, 1, 2]), [0, 2, 0, 1, 1]);
    const stream = random(randomKey(1, "ties"));
    const [fine, like] = [200, 200].map((n, k) => Array.from({length: n}, () => (k ? stream.integer(4) : stream.uniform()))) as [number[], number[]]; // prettier-ignore
    const coarse = asCoarseAs(fine, like);
    assert.deepStrictEqual([...coarse].sort(), [...like].sort());
    for (let i = 0; i < 200; ++i)
      for (let j = 0; j < 200; ++j) if (fine[i]! < fine[j]!) assert.ok(coarse[i]! <= coarse[j]!);
  });

  it("equals the coarse score itself where both agree, and has a higher tau_b than the finer one", () => {
    const like = [0, 0, 0, 1, 1, 1, 2, 2, 2];
    const measured = [1, 3, 2, 4, 6, 5, 7, 9, 8];
    const finer = like.map((x, i) => x + [0.2, 0.1, 0.3][i % 3]!);
    assert.deepStrictEqual(asCoarseAs(finer, like), like);
    assert.ok(kendallTau(like, measured) > kendallTau(finer, measured));
    assert.throws(() => asCoarseAs([1], [1, 2]), /invalid values: 1/);
  });
});
