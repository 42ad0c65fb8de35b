import type { LoopBlock, Nest } from "../../src/model/nest";
import type { Problem, Tensor } from "../../src/model/problem";

/** What a machine does that really runs a loop nest: words per instance over the whole run, per level. */
export interface WalkedTensor {
  /** Words of the box around everything that one tile touches. */
  readonly tile: number[];
  /** Words fetched from outside: what is needed and was not in the tile a step before. */
  readonly received: number[];
  /** Different words among those fetched. */
  readonly distinctReceived: number[];
  /** Words exchanged with the inside, one delivery per group of children with the same tile. */
  readonly content: number[];
  /** Different words among those exchanged. */
  readonly distinctContent: number[];
}

interface PlacedLoop {
  readonly level: number;
  readonly isSpace: boolean;
  readonly dimension: number;
  readonly factor: number;
  readonly stride: number;
}

/**
 * Runs a small loop nest step by step and counts, with sets of words, what moves where. Every instance of a level is
 * followed; all must do the same work.
 */
export function walkLoops(problem: Problem, nest: Nest): WalkedTensor[] {
  const loops = placeLoops(problem, nest);
  return problem.tensors.map((tensor, index) => new TensorWalk(problem, nest, loops, tensor, index).walk());
}

/** All loops, outermost first. */
function placeLoops(problem: Problem, nest: Nest): PlacedLoop[] {
  const spans = problem.bounds.map(() => 1);
  const inwardsOut: PlacedLoop[] = [];
  nest.forEach(({ space, time }, level) => {
    const place = ({ dimensions, factors }: LoopBlock, isSpace: boolean): void =>
      dimensions.forEach((dimension, loop) => {
        inwardsOut.push({ level, isSpace, dimension, factor: factors[loop], stride: spans[dimension] });
        spans[dimension] *= factors[loop];
      });
    place(space, true);
    place(time, false);
  });
  return inwardsOut.reverse();
}

/** Words of one delivery at one time step. */
type Words = readonly number[];

class TensorWalk {
  private readonly timeLoops: readonly PlacedLoop[];
  private readonly moments: readonly (readonly number[])[];
  private readonly extents = new Map<number, readonly number[]>();
  private readonly boxes = new Map<string, readonly number[]>();

  constructor(
    private readonly problem: Problem,
    private readonly nest: Nest,
    private readonly loops: readonly PlacedLoop[],
    private readonly tensor: Tensor,
    private readonly index: number,
  ) {
    this.timeLoops = loops.filter(({ isSpace }) => !isSpace);
    this.moments = indexTuples(this.timeLoops);
  }

  walk(): WalkedTensor {
    const levels = this.nest.length;
    const result: WalkedTensor = {
      tile: [],
      received: [],
      distinctReceived: [],
      content: [],
      distinctContent: [],
    };
    // Streams of all instances of the level inside: the words they take from their parent at every moment.
    let streams = this.computeStreams();
    for (let level = 0; level < levels; level += 1) {
      const contents = this.mergeChildren(level, streams);
      const fetches = this.instancesOf(level).map((instance) => this.fetchStream(level, instance));
      result.tile.push(this.tileWords(level, this.instancesOf(level)[0], this.moments[0]).length);
      result.received.push(agreed(fetches.map(countWords)));
      result.distinctReceived.push(agreed(fetches.map(countDistinct)));
      result.content.push(agreed(contents.map(countWords)));
      result.distinctContent.push(agreed(contents.map(countDistinct)));
      const { keep, passthrough } = this.nest[level];
      const filters = keep[this.index] && !passthrough[this.index];
      streams = filters ? fetches : contents;
    }
    return result;
  }

  /** Space indices of all instances of a level, outermost loop first. */
  private instancesOf(level: number): readonly (readonly number[])[] {
    return indexTuples(this.spaceLoopsOutside(level));
  }

  private spaceLoopsOutside(level: number): readonly PlacedLoop[] {
    return this.loops.filter((loop) => loop.isSpace && loop.level > level);
  }

  /** Every compute unit takes one word at every moment. */
  private computeStreams(): Words[][] {
    return this.instancesOf(-1).map((instance) =>
      this.moments.map((moment) => this.tileWords(-1, instance, moment)),
    );
  }

  /** What an instance of a level has to fetch at every moment. */
  private fetchStream(level: number, instance: readonly number[]): Words[] {
    let before = new Set<number>();
    return this.moments.map((moment) => {
      const isNewTile = this.timeLoops.every(
        (loop, position) => loop.level > level || moment[position] === 0,
      );
      if (!isNewTile) return [];
      const tile = this.tileWords(level, instance, moment);
      const needed = this.nest[level].noTemporalReuse[this.index]
        ? tile
        : tile.filter((word) => !before.has(word));
      before = new Set(tile);
      return needed;
    });
  }

  /** What the instances of a level deliver to their children: once per group of children with the same tile. */
  private mergeChildren(level: number, streams: readonly Words[][]): Words[][] {
    const children = this.instancesOf(level - 1);
    const own = this.spaceLoopsOutside(level).length;
    const parents = this.instancesOf(level);
    return parents.map((parent) => {
      const seen = new Set<string>();
      const merged: number[][] = this.moments.map(() => []);
      children.forEach((child, childIndex) => {
        if (parent.some((digit, position) => child[position] !== digit)) return;
        const tile = this.tileWords(level - 1, child, this.moments[0]).join(" ");
        const key = this.nest[level].noMulticast[this.index] ? child.slice(own).join(" ") : tile;
        if (seen.has(key)) return;
        seen.add(key);
        streams[childIndex].forEach((words, moment) => merged[moment].push(...words));
      });
      return merged;
    });
  }

  /** The words of the box around everything that an instance's tile touches at a moment. */
  private tileWords(
    level: number,
    instance: readonly number[],
    moment: readonly number[],
  ): readonly number[] {
    const origin = this.problem.bounds.map(() => 0);
    this.spaceLoopsOutside(level).forEach(({ dimension, stride }, position) => {
      origin[dimension] += instance[position] * stride;
    });
    this.timeLoops.forEach(({ dimension, stride, level: loopLevel }, position) => {
      if (loopLevel > level) origin[dimension] += moment[position] * stride;
    });
    const corner = this.coordinates(origin);
    const key = `${level} ${corner.join(" ")}`;
    let words = this.boxes.get(key);
    if (words === undefined) {
      const extents = this.touchedExtents(level);
      words = boxWords(corner, extents);
      this.boxes.set(key, words);
    }
    return words;
  }

  private coordinates(point: readonly number[]): number[] {
    return this.tensor.ranks.map(({ dimensions, coefficients }) =>
      dimensions.reduce((sum, dimension, term) => sum + coefficients[term] * point[dimension], 0),
    );
  }

  /** Edge lengths of the box around all words that the loops inside touch, found by running them. */
  private touchedExtents(level: number): readonly number[] {
    const known = this.extents.get(level);
    if (known !== undefined) return known;
    const inside = this.loops.filter((loop) => loop.level <= level);
    const extents = this.tensor.ranks.map(() => 1);
    for (const indices of indexTuples(inside)) {
      const point = this.problem.bounds.map(() => 0);
      inside.forEach(({ dimension, stride }, position) => (point[dimension] += indices[position] * stride));
      this.coordinates(point).forEach((coordinate, axis) => {
        extents[axis] = Math.max(extents[axis], coordinate + 1);
      });
    }
    this.extents.set(level, extents);
    return extents;
  }
}

/** All index tuples of a list of loops, the last loop fastest. */
function indexTuples(loops: readonly PlacedLoop[]): number[][] {
  let tuples: number[][] = [[]];
  for (const { factor } of loops)
    tuples = tuples.flatMap((tuple) => Array.from({ length: factor }, (_, index) => [...tuple, index]));
  return tuples;
}

const coordinateLimit = 1000;

/** The coordinates of a box as one number each. */
function boxWords(corner: readonly number[], extents: readonly number[]): number[] {
  let words = [0];
  corner.forEach((start, axis) => {
    words = words.flatMap((word) =>
      Array.from({ length: extents[axis] }, (_, offset) => word * coordinateLimit + start + offset),
    );
  });
  return words;
}

function countWords(stream: readonly Words[]): number {
  return stream.reduce((sum, words) => sum + words.length, 0);
}

function countDistinct(stream: readonly Words[]): number {
  return new Set(stream.flat()).size;
}

/** The one value of all instances. */
function agreed(values: readonly number[]): number {
  if (values.some((value) => value !== values[0])) throw new Error(`instances differ: ${values.join(" ")}`);
  return values[0];
}
