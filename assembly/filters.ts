// Filters in blocks of sixteen output channels, the last one filled with zeros: [⌈Co/16⌉][rows][16] for w [rows, Co].

/** `rows` rows of `some` bytes, Co floats apart, to rows of sixteen. */
// @ts-ignore: decorator
@inline
function blockRows(from: usize, to: usize, rows: i32, Co: i32, some: usize): void {
  for (let r = 0; r < rows; r++, from += <usize>Co << 2, to += 64) {
    memory.copy(to, from, some);
    if (some < 64) memory.fill(to + some, 0, 64 - some);
  }
}

export function blockFilters(w: usize, blocks: usize, rows: i32, Co: i32): void {
  for (let o = 0; o < Co; o += 16, blocks += <usize>rows << 6)
    blockRows(w + (<usize>o << 2), blocks, rows, Co, <usize>min(16, Co - o) << 2);
}

/** w [k, k, Ci, Co] in such blocks, column after column of the filter: [⌈Co/16⌉][b][a][Ci][16]. */
export function columnFilters(w: usize, blocks: usize, k: i32, Ci: i32, Co: i32): void {
  for (let o = 0; o < Co; o += 16)
    for (let b = 0; b < k; b++)
      for (let a = 0; a < k; a++, blocks += <usize>Ci << 6)
        blockRows(w + (<usize>((a * k + b) * Ci * Co + o) << 2), blocks, Ci, Co, <usize>min(16, Co - o) << 2);
}

export function unblockFilters(blocks: usize, w: usize, rows: i32, Co: i32): void {
  for (let o = 0; o < Co; o += 16) {
    const some = <usize>min(16, Co - o) << 2;
    let to = w + (<usize>o << 2);
    for (let r = 0; r < rows; r++, to += <usize>Co << 2, blocks += 64) memory.copy(to, blocks, some);
  }
}
