// SAHD and NASWOT against numbers of the reference's formula, and against the reference system's networks.

import assert from "node:assert";
import {random, randomKey} from "../../src/random.js";
import {kernelMatrix, type Similarity} from "../../src/scoring/kernelMatrix.js";
import {hamming, hammingSimilarity, naswot} from "../../src/scoring/naswot.js";
import {gatherSahd, sahd, sahdSimilarity, sahdWithoutN, sahdWithoutNSimilarity} from "../../src/scoring/sahd.js";
import {type Gatherer, type Measured, type Patterns, type Score} from "../../src/scoring/score.js";
import {gatherSpikes} from "../../src/scoring/spikePatterns.js";
import {dispose} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";
import {goldens, setUp} from "../golden/reference.js";

/** The patterns of B images of N neurons, written out: rows of zeros and ones. */
function patternsOf(rows: readonly string[], readers = 1): Patterns {
  const differ = (a: string, b: string): number => [...a].filter((bit, n) => bit !== b[n]).length;
  return {
    ...{population: "a", neurons: rows[0]!.length, readers},
    counts: Int32Array.from(rows, (row) => differ(row, "0".repeat(row.length))),
    distances: Int32Array.from(rows.flatMap((a) => rows.map((b) => differ(a, b)))),
  };
}

const gathererOf = (score: Score, batch: number): Gatherer => {
  assert.ok(score.needs === "spikes");
  return score.gather(batch);
};

function scoreOfPatterns(score: Score, ...patterns: Patterns[]): Measured {
  const gatherer = gathererOf(score, patterns[0]!.counts.length);
  patterns.forEach((p) => gatherer.add(p));
  return gatherer.value();
}

/** Four images, eight neurons; the numbers are numpy's, float64, of the reference's lines. */
const X = patternsOf(["10100000", "11000000", "00111100", "00000001"]);
const matrixOf = (similarity: Similarity): Float64Array => {
  const K = kernelMatrix(4, similarity);
  K.add(X);
  return K.sum().K;
};

describe("scoring/sahd and scoring/naswot", () => {
  it("have the reference's matrix and determinant in both variants and for plain distances", () => {
    const K = matrixOf(sahdSimilarity);
    assertClose(K.subarray(0, 4), [8, 7.666778, 7.500125, 7.40024], {rtol: 1e-6});
    assertClose([K[6]!, K[11]!], [7.250187, 7.375156], {rtol: 1e-6});
    assertClose(matrixOf(sahdWithoutNSimilarity).subarray(0, 4), [8, 5.340426, 4.007984, 3.215311], {rtol: 1e-6});
    assertClose(scoreOfPatterns(sahd, X).value!, 1.435497, {rtol: 1e-6});
    assertClose(scoreOfPatterns(sahdWithoutN, X).value!, 7.140692, {rtol: 1e-6});
    assertClose(scoreOfPatterns(hamming, X).value!, 6.533789, {rtol: 1e-6});
    assertClose(scoreOfPatterns(naswot, X).value!, 6.533789, {rtol: 1e-6}); // one term: sum and mean are equal
  });

  it("compare by K = x·xᵀ + (1 − x)·(1 − x)ᵀ in NASWOT", () => {
    const stream = random(randomKey(2, "naswot"));
    const rows = Array.from({length: 6}, () => Array.from({length: 23}, () => Number(stream.uniform() < 0.3)));
    const K = kernelMatrix(6, hammingSimilarity);
    K.add(patternsOf(rows.map((row) => row.join(""))));
    const expected = rows.flatMap((a) =>
      rows.map((b) => a.reduce((sum, s, n) => sum + s * b[n]! + (1 - s) * (1 - b[n]!), 0)),
    );
    assert.deepStrictEqual([...K.sum().K], expected);
  });

  it("count a spike train once for each of its readers", () => {
    const Y = patternsOf(["11100000", "01010001", "00110110", "10000001"]);
    for (const score of [sahd, sahdWithoutN, hamming, naswot])
      assertClose(scoreOfPatterns(score, {...X, readers: 3}, Y).value!, scoreOfPatterns(score, X, Y, X, X).value!, {
        rtol: 1e-12,
      });
    const twice = scoreOfPatterns(naswot, {...X, readers: 2}).value!;
    assertClose(twice, scoreOfPatterns(naswot, X).value! + 4 * Math.log(2), {rtol: 1e-12});
    assertClose(scoreOfPatterns(hamming, {...X, readers: 2}).value!, scoreOfPatterns(hamming, X).value!, {rtol: 1e-12});
  });

  it("flag images that look alike, and layers without spikes, as singular", () => {
    const silent = patternsOf(["0000", "0000", "0000"]);
    const twins = patternsOf(["0110", "0110", "1000"]);
    for (const score of [sahd, sahdWithoutN, hamming, naswot])
      for (const patterns of [silent, twins])
        assert.deepStrictEqual(scoreOfPatterns(score, patterns), {value: null, status: "singular"});
  });
});

onEachBackend(() => {
  for (const g of goldens)
    it(`SAHD of the reference system's network ${g.name}: matrix, number of terms and determinant`, () => {
      const {network, x, labels} = setUp(g);
      const gatherer = gatherSahd(g.batch);
      assertTensors(0, () => gatherSpikes(network, x, [gatherer]));
      const {K, terms} = gatherer.sum();
      assert.strictEqual(terms, g.train.sahdCount);
      assertClose(K, g.train.sahdK, {rtol: 1e-9, atol: 0, what: "K"});
      assertClose(gatherer.value().value!, g.train.sahdLogAbsDet, {rtol: 1e-9, atol: 0, what: "log |det K|"});
      dispose([x, labels]);
    });
});
