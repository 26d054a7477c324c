// The only source of randomness: seeded generators, split by name.
//
// A stream is derived from what it is for, never from how many numbers were drawn before it:
//
//   const trial = randomKey(studySeed, "trial", trialId);
//   const order = random(trial.split("order", epoch));
//
// so a result does not depend on the number of processes or on an interruption.
// Keys are hashed with cyrb128 and drive sfc32 (both public domain), which passes PractRand.

/** Names a random stream. Keys are plain values: equal keys give equal streams. */
export type RandomKey = {
  readonly state: readonly [number, number, number, number];
  /** A child key; `names` say what the child is for. */
  split(...names: readonly (string | number)[]): RandomKey;
};

/** A stream of numbers. Each call advances it. */
export type Random = {
  /** Uniform in [0, 1) with 32 bits. */
  uniform(): number;
  /** Uniform integer in [0, n), without bias. */
  integer(n: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** One element of a non-empty list. */
  choice<T>(list: readonly T[]): T;
  /** A new list in random order (Fisher-Yates). */
  shuffle<T>(list: readonly T[]): T[];
  /** 0 … n − 1 in random order. */
  permutation(n: number): Int32Array;
};

function hash128(text: string): [number, number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let i = 0; i < text.length; ++i) {
    const k = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ k, 597399067);
    b = c ^ Math.imul(b ^ k, 2869860233);
    c = d ^ Math.imul(c ^ k, 951274213);
    d = a ^ Math.imul(d ^ k, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  a ^= b ^ c ^ d;
  return [a >>> 0, (b ^ a) >>> 0, (c ^ a) >>> 0, (d ^ a) >>> 0];
}

const keyOf = (state: readonly [number, number, number, number]): RandomKey => ({
  state,
  split: (...names) => keyOf(hash128(JSON.stringify([state, ...names]))),
});

/** The root key of a seed; further names are as `split`. */
export function randomKey(seed: number, ...names: readonly (string | number)[]): RandomKey {
  return keyOf(hash128(JSON.stringify(["spikebook", seed, ...names])));
}

/** A key from its state, as it comes from another thread. */
export const restoredKey = (state: RandomKey["state"]): RandomKey => keyOf(state);

/** The stream that a key names. */
export function random(key: RandomKey): Random {
  let [a, b, c, d] = key.state as [number, number, number, number];
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; ++i) next();
  const uniform = (): number => next() / 4294967296;
  const integer = (n: number): number => {
    const limit = 4294967296 - (4294967296 % n);
    for (;;) {
      const r = next();
      if (r < limit) return r % n;
    }
  };
  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const permutation = (n: number): Int32Array => {
    const order = Int32Array.from({length: n}, (_, i) => i);
    for (let i = n - 1; i > 0; --i) {
      const j = integer(i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  };
  return {
    uniform,
    integer,
    normal,
    choice: (list) => list[integer(list.length)]!,
    shuffle: (list) => Array.from(permutation(list.length), (i) => list[i]!),
    permutation,
  };
}
