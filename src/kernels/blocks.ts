// Large tensors in regions of their own.
//
// A training step allocates and frees maps of a few sizes, again and again. The allocator of tfjs's wasm backend puts small tensors
// into the holes that maps leave; the next map finds none that is whole, and memory grows, which wasm never returns. So blocks
// from LARGE bytes on are allocated in regions that hold nothing smaller, best fit first, and merge with their neighbours when
// they are freed. Unused regions are freed before the allocator is asked for more.

/** A stretch of a region: in use, or free. */
type Block = {readonly at: number; readonly bytes: number; readonly free: boolean};
/** Its blocks in order, without gaps; of two neighbours at most one is free. */
type Region = {readonly at: number; blocks: Block[]};

export type Allocator = {
  readonly malloc: (bytes: number) => number;
  readonly free: (at: number) => void;
};

/** Bytes from which on a tensor is large. */
const LARGE = 10 * 2 ** 20;
/** Bytes of a region, where so many addresses are left. */
const REGION = 512 * 2 ** 20;
const ALIGNMENT = 64;

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** The same allocator, of large blocks from regions. An address 0 says that there is no memory left. */
export function withRegions({malloc, free}: Allocator): Allocator {
  const regions = new Set<Region>();
  const regionAt = new Map<number, Region>(); // by the addresses of blocks in use

  /** Puts `blocks` in the place of one. */
  const replace = (region: Region, old: Block, blocks: readonly Block[]): void => {
    region.blocks = region.blocks.flatMap((block) => (block === old ? blocks : block));
  };

  const bestFit = (bytes: number): {region: Region; block: Block} | undefined => {
    let best: {region: Region; block: Block} | undefined;
    for (const region of regions)
      for (const block of region.blocks)
        if (block.free && block.bytes >= bytes && (!best || block.bytes < best.block.bytes)) best = {region, block};
    return best;
  };

  /** A region of so many free bytes or more; undefined where there is no memory for it. */
  const grow = (wanted: number): {region: Region; block: Block} | undefined => {
    for (const region of regions)
      if (region.blocks.length === 1 && region.blocks[0]!.free) {
        regions.delete(region);
        free(region.at);
      }
    let bytes = Math.max(wanted, REGION);
    let start = malloc(bytes + ALIGNMENT);
    if (start === 0 && bytes > wanted) start = malloc((bytes = wanted) + ALIGNMENT);
    if (start === 0) return undefined;
    const block = {at: aligned(start >>> 0), bytes, free: true};
    const region = {at: start, blocks: [block]};
    regions.add(region);
    return {region, block};
  };

  return {
    malloc(wanted) {
      if (wanted < LARGE) return malloc(wanted);
      const bytes = aligned(wanted);
      const found = bestFit(bytes) ?? grow(bytes);
      if (!found) return 0;
      const {region, block} = found;
      const rest = block.bytes - bytes;
      const used = {at: block.at, bytes, free: false};
      replace(region, block, rest ? [used, {at: block.at + bytes, bytes: rest, free: true}] : [used]);
      regionAt.set(used.at, region);
      return used.at;
    },
    free(at) {
      const region = regionAt.get(at >>> 0);
      if (!region) {
        free(at);
        return;
      }
      regionAt.delete(at >>> 0);
      const merged: Block[] = [];
      for (const block of region.blocks) {
        const now = block.at === at >>> 0 ? {...block, free: true} : block;
        const before = merged.at(-1);
        if (before?.free && now.free) merged.splice(-1, 1, {...before, bytes: before.bytes + now.bytes});
        else merged.push(now);
      }
      region.blocks = merged;
    },
  };
}
