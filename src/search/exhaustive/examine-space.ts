import { factorsOfNumber, keepTable, toMapping } from "../../mapspace/candidate-mapping";
import { createMapSpace } from "../../mapspace/map-space";
import type { MapSpace } from "../../mapspace/map-space";
import { fitsInto, holdsRoom, roomTowards } from "../../mapspace/room";
import { contentNumber, contentOf, Derived, freeze, Memo } from "../../memory";
import type { AccessCosts } from "../../model/access-costs";
import { countNestAccesses } from "../../model/access-counts";
import type { NestCounts } from "../../model/access-counts";
import type { Hardware, HardwareLevel } from "../../model/hardware";
import type { Mapping } from "../../model/mapping";
import { nestOfMapping } from "../../model/nest";
import type { Specification, Warning, Workload } from "../../spec/specification";
import type { Metric } from "../ranking";
import { bestOfFront, countValidMappings, findMappingFront } from "./mapping-front";
import type { KnownFront, MappingFront } from "./mapping-front";

/**
 * Everything about a specification that its map space and the counts of accesses depend on: workload, sizes and
 * fan-outs of the levels, constraints, objectives, which accesses have no price or cost nothing and which levels have a
 * bandwidth. Two specifications with equal keys have the same mappings with the same counts and validity, and the same
 * front; they may differ in what accesses cost and in how much the bandwidths are, so that the best mapping of the front
 * may be another one.
 */
function spaceKey(
  { levels, workload, mapper }: Pick<Specification, "levels" | "workload" | "mapper">,
  hardware: Hardware,
  costs: AccessCosts,
): string {
  const settings = contentOf([hardware.compute, mapper.optimizationMetrics, mapper.mostTimeLoops]);
  let key = settings;
  for (const level of hardware.levels) key += ` ${spacesOfLevels.of(level)}`;
  return `${key} ${givenKey({ levels, workload }, costs)}`;
}

/** The same, but for the room that levels have for tiles and loops: the same mappings have the same counts where they fit. */
function familyKey(
  { levels, workload, mapper }: Pick<Specification, "levels" | "workload" | "mapper">,
  hardware: Hardware,
  costs: AccessCosts,
): string {
  let key = contentOf([mapper.optimizationMetrics, mapper.mostTimeLoops]);
  for (const level of hardware.levels) key += ` ${familiesOfLevels.of(level)}`;
  return `${key} ${givenKey({ levels, workload }, costs)}`;
}

/** Workload, constraints, and which accesses have no price or cost nothing. */
function givenKey(
  { levels, workload }: Pick<Specification, "levels" | "workload">,
  costs: AccessCosts,
): string {
  let key = `${spacesOfWorkloads.of(workload)}`;
  for (const { kind, constraints } of levels) if (kind === "storage") key += ` ${contentNumber(constraints)}`;
  for (const { readPj, fillPj, updatePj, leakPj } of costs.levels)
    key += ` ${kindOfPrice(readPj)}${kindOfPrice(fillPj)}${kindOfPrice(updatePj)}${kindOfPrice(leakPj)}`;
  return key;
}

/**
 * Everything that the outcome of a search depends on: the space, and what its mappings cost and how fast they are.
 * @param options What the search itself is told.
 */
export function searchKey(
  specification: Pick<Specification, "levels" | "workload" | "mapper">,
  hardware: Hardware,
  costs: AccessCosts,
  options: unknown,
): string {
  const bandwidths = hardware.levels.map(({ readBandwidth, writeBandwidth, sharedBandwidth }) => [
    readBandwidth,
    writeBandwidth,
    sharedBandwidth,
  ]);
  return JSON.stringify([options, bandwidths, costs, spaceKey(specification, hardware, costs)]);
}

/** What loops are over, and what they move. */
const spacesOfWorkloads = new Derived<Workload, number>(({ dimensions, bounds, dataSpaces }) =>
  contentNumber([dimensions, bounds, dataSpaces]),
);

/** All fields of a level; of a bandwidth only whether there is one. */
const spacesOfLevels = new Derived<HardwareLevel, number>((level) =>
  contentNumber([textOfFields(level, () => true)]),
);

/** The same, but of what decides which mappings fit only whether there is a fan-out. */
const familiesOfLevels = new Derived<HardwareLevel, number>((level) =>
  contentNumber([textOfFields(level, (field) => !fieldsOfRoom.has(field)), level.fanX * level.fanY > 1]),
);

const fieldsOfRoom: ReadonlySet<keyof HardwareLevel> = new Set([
  "instances",
  "meshX",
  "meshY",
  "fanX",
  "fanY",
  "words",
  "capacityWords",
] as const);

function textOfFields(level: HardwareLevel, counts: (field: keyof HardwareLevel) => boolean): string {
  let text = "";
  let field: keyof HardwareLevel;
  for (field in level) {
    if (!counts(field)) continue;
    const value = level[field];
    const isBandwidth =
      field === "readBandwidth" || field === "writeBandwidth" || field === "sharedBandwidth";
    text += `,${isBandwidth ? value !== null : typeof value === "number" || typeof value === "boolean" ? value : JSON.stringify(value)}`;
  }
  return text;
}

/** Missing, free or a price. */
function kindOfPrice(price: number | undefined): number {
  if (price === undefined) return 0;
  return price === 0 ? 1 : 2;
}

/** A mapping laid out, with its counts. */
interface CountedMapping {
  readonly mapping: Mapping;
  readonly counts: NestCounts;
  /** Mappings of its space that pass the fan-out and capacity checks. */
  readonly valid: number;
}

/** What layers with the same map space share. */
export interface ExaminedSpace {
  readonly front: MappingFront;
  /** Mappings that the constraints allow. */
  readonly size: number;
  /** What the map space has to say about the constraints. */
  readonly warnings: readonly Warning[];
  /** Mappings of the front that were the best one for some prices, by number. */
  readonly chosen: Memo<CountedMapping>;
}

/** Memory for fronts of map spaces, in numbers of eight bytes: 64 MB. */
const room = 8_000_000;
/** About as many numbers as the rest takes, with one or two chosen mappings. */
const sizeOfRest = 1200;

/** Room for mappings of one front, and about the size of one: a handful for each space. */
const roomForChosen = 10_000;
const sizeOfChosen = 500;

const remembered = new Memo<ExaminedSpace | null>(room, (known) =>
  known === null ? 100 : sizeOfRest + known.front.numbers.length * (1 + known.front.length),
);

/**
 * Fronts of the same space on different hardware: of a larger one, only mappings that fit none of the smaller ones are looked
 * at. Such a front may hold other mappings of no use than one that was found alone, but answers the same for every price.
 * Saves a third of a sweep over sizes.
 */
const families = new Memo<KnownFront[]>(room / 2, () => sizeOfFamily);

/** Fronts that are kept of a family, and about as many numbers as they take. */
const rememberedOfFamily = 16;
const sizeOfFamily = 40_000;

/**
 * The front of a specification's map space. Layers of the same shape have one in common wherever they differ only in
 * what their accesses cost and how fast their levels are: it is searched once.
 * @param asksMapping whether the best mapping itself will be asked for, which is quicker while the space is there.
 * @returns Null where every price list needs a search of its own.
 * @throws RaellaError `constraint` where constraints contradict each other, `no-mapping` where a dimension does not fit.
 */
export function examineSpace(
  specification: Specification,
  hardware: Hardware,
  costs: AccessCosts,
  metrics: readonly Metric[],
  asksMapping: boolean,
): ExaminedSpace | null {
  return remembered.get(spaceKey(specification, hardware, costs), () => {
    const space = createMapSpace(specification);
    const front = findFront(specification, space, costs, metrics);
    if (front === null) return null;
    const chosen = noneChosen();
    const best = asksMapping ? bestOfFront(front, hardware, costs, metrics) : null;
    if (best !== null) chosen.get(String(best.number), () => countMapping(space, front, best.number));
    const { size, warnings } = space;
    return { front, size, warnings: freeze(warnings), chosen };
  });
}

/** The front, with the help of those of the same space on other hardware. */
function findFront(
  specification: Specification,
  space: MapSpace,
  costs: AccessCosts,
  metrics: readonly Metric[],
): MappingFront | null {
  const key = familyKey(specification, space.hardware, costs);
  const family = families.get(key, () => []);
  const { levels } = space.hardware;
  const same = family.find(({ front }) => holdsRoom(front.range, levels));
  if (same !== undefined) return same.front;
  const smaller = family.flatMap(({ levels: own, front }) => {
    const towards = roomTowards(front.range, own, levels);
    return towards === null ? [] : [{ levels: towards, front }];
  });
  const largest = smaller.filter(
    (known, index) =>
      !smaller.some(
        (other, place) =>
          fitsInto(known.levels, other.levels) && (place < index || !fitsInto(other.levels, known.levels)),
      ),
  );
  const front = findMappingFront(space, costs, metrics, largest);
  if (front === null) return null;
  family.push({ levels, front });
  if (family.length > rememberedOfFamily) family.shift();
  return front;
}

/** Outside of where the space is, which a function made there would keep alive. */
function noneChosen(): ExaminedSpace["chosen"] {
  return new Memo(roomForChosen, () => sizeOfChosen);
}

/** A mapping of the front of this specification's map space. */
export function mappingOfFront(
  specification: Specification,
  { front, chosen }: ExaminedSpace,
  number: number,
): CountedMapping {
  return chosen.get(String(number), () => countMapping(createMapSpace(specification), front, number));
}

function countMapping(space: MapSpace, front: MappingFront, number: number): CountedMapping {
  const mapping = toMapping(space, factorsOfNumber(space, number), null, keepTable(space, 0));
  const { problem, hardware } = space;
  // It fits: the search has visited it.
  const counts = countNestAccesses(problem, hardware, nestOfMapping(problem, hardware, mapping));
  return freeze({ mapping, counts, valid: front.valid ?? countValidMappings(space) });
}
