// Encodings: values become input over T timesteps, x [B, ...] → [T, B, ...].
//
//   direct       x[t] = x                                                the first layer learns the code (SNASNet)
//   rate         s[t] = 1 where U < x                                    Poisson: fires with probability x
//   signedRate   s[t] = sign(x) where 2U < |x|                           BNTT (arXiv 2010.01729), probability |x|/2
//   latency      s[t] = 1 where t = round((T − 1)·(1 − x))               one spike, bright values first
//   logLatency   s[t] = 1 where t = round(T − 1 − ln(αx + 1)),           one spike, α = e^(T−1) − 1
//
// U is uniform in [0, 1), drawn anew for each value and timestep. Rounding is to the nearest, ties to even.

import {check, checkName} from "../check.js";
import {inRange} from "../ranges.js";
import {type EncodingName, encodingEntry} from "../graphs/encoding.js";
import {random, type RandomKey} from "../random.js";
import {range, sign, type Tensor, tensor, tidy} from "../tf.js";

/** x [B, ...] → [T, B, ...]. */
type Encoder = (x: Tensor, T: number, key: RandomKey) => Tensor;

/** [T, ...x.shape] numbers in [0, 1) of 24 bits, which a float holds exactly: none is rounded up to 1. */
function uniform(x: Tensor, T: number, key: RandomKey): Tensor {
  const stream = random(key);
  const values = Float32Array.from({length: T * x.size}, () => Math.floor(stream.uniform() * 2 ** 24) / 2 ** 24);
  return tensor(values, [T, ...x.shape]);
}

/** One spike at `time` [B, ...], an integer in 0 … T − 1. */
const spikeAt = (time: Tensor, T: number): Tensor =>
  range(0, T)
    .reshape([T, ...time.shape.map(() => 1)])
    .equal(time.expandDims(0))
    .cast("float32");

/** Every encoding that computes anything, by name; what each takes stands in graphs/encoding.ts. */
export const ENCODERS: Readonly<Record<Exclude<EncodingName, "none">, Encoder>> = {
  direct: (x, T) => x.expandDims(0).tile([T, ...x.shape.map(() => 1)]),
  rate: (x, T, key) => uniform(x, T, key).less(x).cast("float32"),
  signedRate: (x, T, key) => uniform(x, T, key).mul(2).less(x.abs()).cast("float32").mul(sign(x)),
  latency: (x, T) =>
    spikeAt(
      x
        .neg()
        .add(1)
        .mul(T - 1)
        .round(),
      T,
    ),
  logLatency: (x, T) =>
    spikeAt(
      x
        .mul(Math.expm1(T - 1))
        .log1p()
        .neg()
        .add(T - 1)
        .round(),
      T,
    ),
};

/**
 * Encodes x [B, ...] over T timesteps: [T, B, ...]. `key` names the random stream of the rate codes.
 * The rate and latency codes take values from 0 to 1; `signedRate` takes any and fires always beyond ±2.
 */
export function encode(name: string, x: Tensor, T: number, key: RandomKey): Tensor {
  const encoder = ENCODERS[checkName("encoding", name, ENCODERS)];
  const {most, unit} = encodingEntry(name);
  inRange("timesteps", T, "T");
  check("T", T, T <= most, `an integer <= ${most} for the encoding ${name}`);
  if (unit) checkUnit(name, x);
  return tidy(() => encoder(x, T, key));
}

function checkUnit(name: string, x: Tensor): void {
  const [low, high] = tidy(() => [x.min(), x.max()]).map((extreme) => {
    const value = extreme.dataSync()[0]!;
    extreme.dispose();
    return value;
  }) as [number, number];
  const expected = "values from 0 to 1 (scale images to 0 … 1 and do not standardise them before this encoding)";
  check(`input of the encoding ${name}`, `${low} … ${high}`, low >= 0 && high <= 1, expected);
}
