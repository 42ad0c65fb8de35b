import { fitsRoom } from "../model/fit";
import type { TileRoom } from "../model/fit";
import type { HardwareLevel } from "../model/hardware";

/** What decides which mappings fit a level. */
export type Room = Pick<HardwareLevel, "fanX" | "fanY" | "capacityWords" | "minUtilization">;

type Limits = Pick<Room, "fanX" | "fanY" | "capacityWords">;

/**
 * Room of levels (from the inside) that exactly the same mappings fit: of everything at least as much as they need, and less
 * than any mapping needs that was refused for it (infinite where none was). Where the two are equal it must be that much.
 */
export interface RoomRange {
  readonly least: readonly Limits[];
  readonly below: readonly Limits[];
}

const limits = ["fanX", "fanY", "capacityWords"] as const;

function isWithin(room: number, least: number, below: number): boolean {
  return room === least || (room > least && (room < below || below === Infinity));
}

/** Whether the same mappings fit these levels. */
export function holdsRoom({ least, below }: RoomRange, levels: readonly Room[]): boolean {
  return levels.every((level, index) =>
    limits.every((limit) => isWithin(level[limit], least[index][limit], below[index][limit])),
  );
}

/**
 * Levels that the same mappings fit as those of a range, with no more room than others, and as little less as may be.
 * @param own Room within the range.
 * @returns Null where others have less room than those mappings need.
 */
export function roomTowards(
  { least, below }: RoomRange,
  own: readonly Room[],
  others: readonly Room[],
): readonly Room[] | null {
  if (!others.every((other, index) => limits.every((limit) => other[limit] >= least[index][limit])))
    return null;
  const towards = (index: number, limit: keyof Limits): number => {
    const other = others[index][limit];
    return isWithin(other, least[index][limit], below[index][limit]) ? other : own[index][limit];
  };
  const rooms = own.map(({ minUtilization }, index) => ({
    fanX: towards(index, "fanX"),
    fanY: towards(index, "fanY"),
    capacityWords: towards(index, "capacityWords"),
    minUtilization,
  }));
  return fitsInto(rooms, others) ? rooms : null;
}

/** Whether all mappings that fit some levels fit others. */
export function fitsInto(levels: readonly Room[], others: readonly Room[]): boolean {
  return levels.every(({ fanX, fanY, capacityWords, minUtilization }, index) => {
    const other = others[index];
    const isSame = capacityWords === other.capacityWords;
    const hasRoom = isSame || (capacityWords < other.capacityWords && minUtilization === 0);
    return fanX <= other.fanX && fanY <= other.fanY && hasRoom;
  });
}

/**
 * The range of a visit that has left out what fits less room: what those mappings need as well, and what those need that
 * are refused there for more words than there is room for here, too.
 * @param range Of the mappings that were visited.
 * @param left Of those that were left out.
 */
export function rangeWith(
  { least, below }: RoomRange,
  levels: readonly Room[],
  left: readonly RoomRange[],
): RoomRange {
  return {
    least: least.map((needed, level) => {
      const greatest = (limit: keyof Limits): number =>
        Math.max(needed[limit], ...left.map((range) => range.least[level][limit]));
      return {
        fanX: greatest("fanX"),
        fanY: greatest("fanY"),
        capacityWords: greatest("capacityWords"),
      };
    }),
    below: below.map(({ fanX, fanY, capacityWords }, level) => {
      const refused = left.map((range) => range.below[level].capacityWords);
      const here = refused.filter((words) => words > levels[level].capacityWords);
      return { fanX, fanY, capacityWords: Math.min(capacityWords, ...here) };
    }),
  };
}

/** A fan-out of the levels that are looked at. */
interface FanOutOfLevel {
  readonly level: number;
  /** Whether loops are laid along two axes of the mesh. */
  readonly checksAxes: boolean;
}

/** Gathers, in a visit to mappings, what those need that fit and those that do not. */
export class RoomNotes {
  private readonly leastFans: Float64Array;
  private readonly belowFans: Float64Array;
  private readonly leastWords: Float64Array;
  private readonly belowWords: Float64Array;

  /**
   * @param words Per level: words of the largest tiles; none where each mapping's are noted.
   */
  constructor(
    private readonly levels: readonly Room[],
    private readonly fanOuts: readonly FanOutOfLevel[],
    words: readonly number[],
  ) {
    this.leastFans = new Float64Array(fanOuts.length);
    this.belowFans = new Float64Array(fanOuts.length).fill(Infinity);
    this.leastWords = Float64Array.from(words);
    this.belowWords = new Float64Array(words.length).fill(Infinity);
  }

  /** Notes so many children in a fan-out that has room for them ... */
  fittingChildren(fanOut: number, children: number): void {
    if (children > this.leastFans[fanOut]) this.leastFans[fanOut] = children;
  }

  /** ... and in one that has not. */
  exceedingChildren(fanOut: number, children: number): void {
    if (children < this.belowFans[fanOut]) this.belowFans[fanOut] = children;
  }

  /** Notes that some loops fit no mesh whose axes are looked at: how much larger a mesh they need is not known. */
  exceedingAxes(): void {
    this.fanOuts.forEach(({ checksAxes }, fanOut) => {
      if (checksAxes) this.belowFans[fanOut] = 0;
    });
  }

  /** Notes that a level has no room for so many words. */
  exceedingWords(level: number, words: number): void {
    if (words < this.belowWords[level]) this.belowWords[level] = words;
  }

  /** Whether a level has room for so many words, which is noted. */
  fits(level: number, room: TileRoom, words: number): boolean {
    const isFitting = fitsRoom(room, words);
    if (!isFitting) this.exceedingWords(level, words);
    else if (words > this.leastWords[level]) this.leastWords[level] = words;
    return isFitting;
  }

  /** Of a level that must be filled, and of meshes on which loops are laid along two axes, the room must be as it is. */
  range(): RoomRange {
    const rangeOfLevels = (words: Float64Array): Writable<Limits>[] =>
      this.levels.map(({ fanX, fanY, capacityWords, minUtilization }, level) => ({
        fanX,
        fanY,
        capacityWords: minUtilization > 0 ? capacityWords : words[level],
      }));
    const [least, below] = [this.leastWords, this.belowWords].map(rangeOfLevels);
    this.fanOuts.forEach(({ level, checksAxes }, fanOut) => {
      if (!checksAxes) {
        least[level].fanX = this.leastFans[fanOut];
        below[level].fanX = this.belowFans[fanOut];
      }
      if (this.belowFans[fanOut] === Infinity) below[level].fanX = below[level].fanY = Infinity;
    });
    return { least, below };
  }
}

type Writable<Data> = { -readonly [Name in keyof Data]: Data[Name] };
