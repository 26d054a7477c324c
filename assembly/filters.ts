// Filters in blocks of sixteen output channels, the last one filled with zeros: [⌈Co/16⌉][rows][16] for w [rows, Co].

export function blockFilters(w: usize, blocks: usize, rows: i32, Co: i32): void {
  for (let o = 0; o < Co; o += 16) {
    const some = <usize>min(16, Co - o) << 2;
    let from = w + (<usize>o << 2);
    for (let r = 0; r < rows; r++, from += <usize>Co << 2, blocks += 64) {
      memory.copy(blocks, from, some);
      if (some < 64) memory.fill(blocks + some, 0, 64 - some);
    }
  }
}

export function unblockFilters(blocks: usize, w: usize, rows: i32, Co: i32): void {
  for (let o = 0; o < Co; o += 16) {
    const some = <usize>min(16, Co - o) << 2;
    let to = w + (<usize>o << 2);
    for (let r = 0; r < rows; r++, to += <usize>Co << 2, blocks += 64) memory.copy(to, blocks, some);
  }
}
