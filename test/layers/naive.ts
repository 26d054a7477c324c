// Layers as plain loops over flat lists in double precision.

export type Map4 = {readonly shape: readonly [number, number, number, number]; readonly data: readonly number[]};

/** Convolution of x [N, H, W, Ci] with w [k, k, Ci, Co], padded by ⌊k/2⌋ zeros on every side as PyTorch does. */
export function convolve(x: Map4, w: Map4, stride: number): Map4 {
  const [N, H, W, Ci] = x.shape;
  const [k, , , Co] = w.shape;
  const p = Math.floor(k / 2);
  const [OH, OW] = [Math.floor((H + 2 * p - k) / stride) + 1, Math.floor((W + 2 * p - k) / stride) + 1];
  const data: number[] = [];
  for (let n = 0; n < N; ++n)
    for (let i = 0; i < OH; ++i)
      for (let j = 0; j < OW; ++j)
        for (let o = 0; o < Co; ++o) {
          let sum = 0;
          for (let a = 0; a < k; ++a)
            for (let b = 0; b < k; ++b) {
              const [y, z] = [i * stride + a - p, j * stride + b - p];
              if (y < 0 || y >= H || z < 0 || z >= W) continue;
              for (let c = 0; c < Ci; ++c)
                sum += x.data[((n * H + y) * W + z) * Ci + c]! * w.data[((a * k + b) * Ci + c) * Co + o]!;
            }
          data.push(sum);
        }
  return {shape: [N, OH, OW, Co], data};
}

/** Mean over windows of k×k every `stride` pixels after padding by p zeros, which count in the divisor. */
export function average({shape: [N, H, W, C], data}: Map4, k: number, stride: number, p: number): Map4 {
  const [OH, OW] = [Math.floor((H + 2 * p - k) / stride) + 1, Math.floor((W + 2 * p - k) / stride) + 1];
  const means: number[] = [];
  for (let n = 0; n < N; ++n)
    for (let i = 0; i < OH; ++i)
      for (let j = 0; j < OW; ++j)
        for (let c = 0; c < C; ++c) {
          let sum = 0;
          for (let y = i * stride - p; y < i * stride - p + k; ++y)
            for (let z = j * stride - p; z < j * stride - p + k; ++z)
              if (y >= 0 && y < H && z >= 0 && z < W) sum += data[((n * H + y) * W + z) * C + c]!;
          means.push(sum / (k * k));
        }
  return {shape: [N, OH, OW, C], data: means};
}

/** Gradient of Σ weights·f(x) by x where f is linear: what each entry of x adds to the sum. */
export function linearGradient(x: Map4, f: (x: Map4) => Map4, weights: readonly number[]): number[] {
  return x.data.map((_, i) => {
    const unit = {shape: x.shape, data: x.data.map((_, j) => Number(i === j))};
    return f(unit).data.reduce((sum, value, o) => sum + value * weights[o]!, 0);
  });
}
