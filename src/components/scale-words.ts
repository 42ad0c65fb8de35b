import { nodeOfPlaceholder } from "../spec/convention";
import { isExpressionText } from "../spec/expression";
import type { ComponentClass, Convention, Level, Value, Warning, WrittenValue } from "../spec/specification";
import { boundNames, namesIn } from "./compound/influential-names";
import type { NamesContext } from "./compound/influential-names";

/**
 * Attributes that scale a component in one of the two conventions, and that nothing reads in the other: a design that
 * mixes them would be priced wrongly without a word.
 */
const scaleWords = ["area_share", "area_scale", "energy_scale", "n_instances"] as const;
type ScaleWord = (typeof scaleWords)[number];

/** Those that count as attributes of a level whatever its class, and as attributes of a part of a class. */
const counted: Readonly<
  Record<Convention, { readonly level: readonly ScaleWord[]; readonly part: readonly ScaleWord[] }>
> = {
  "2023": { level: ["area_share"], part: ["area_share"] },
  "2024": { level: ["area_scale", "energy_scale", "n_instances"], part: ["n_instances"] },
};

/** What says the same. */
function remedyOf(word: ScaleWord, convention: Convention): string {
  const [other, option] =
    convention === "2023" ? ["2024", "--convention 2024"] : ["2023", "--convention 2023"];
  if (convention === "2024" && word === "area_share") return "Write the key area_scale beside the class.";
  if (convention === "2024") return `Write the key ${word} beside the class.`;
  const own = {
    area_share: "Write the key area_share beside the class",
    area_scale: "Write the key area_share beside the class",
    energy_scale: "Scale the actions of the component class (action_share)",
    n_instances: "Write so many parts into the component class (part[1..n])",
  }[word];
  return `${own}, or ask for the convention of ${other}, where the attribute counts (${option}).`;
}

function withoutEffect(word: ScaleWord, whose: string, convention: Convention): string {
  return `The attribute ${word} of ${whose} has no effect in the convention of ${convention}. ${remedyOf(word, convention)}`;
}

/** Scale words of a level that nothing reads, and what of its class has no effect. */
export interface UnreadWords {
  readonly ofLevel: readonly ScaleWord[];
  /** Whole messages. */
  readonly ofClass: readonly string[];
}

/** The attributes of a level that scale it in the other convention only. */
export function unreadOfLevel(
  level: Level,
  convention: Convention,
  context: NamesContext,
): readonly ScaleWord[] {
  if (nodeOfPlaceholder(level.name) !== undefined) return [];
  const className = level.subclass ?? level.class;
  return scaleWords.filter((word) => {
    if (isNeutral(level.attributes[word]) || counted[convention].level.includes(word)) return false;
    const written = context.classOf(className);
    return !(written ? namesInClass(written).has(word) : context.isRelevant(className, word));
  });
}

/** Nothing, or what scales nothing. */
function isNeutral(value: Value | WrittenValue | undefined): boolean {
  return value === undefined || value === null || value === 1;
}

/** What is written in a component class, and in those of its parts, in words that count in the other convention only. */
export function unreadOfClass(
  written: ComponentClass,
  convention: Convention,
  context: NamesContext,
  seen = new Set<ComponentClass>(),
): readonly string[] {
  if (seen.has(written)) return [];
  seen.add(written);
  const place =
    written.location?.line === undefined ? "" : ` (${written.location.file}:${written.location.line})`;
  const head = `class ${written.name}${place}`;
  const read = namesInClass(written);
  const own = scaleWords.filter(
    (word) =>
      typeof written.attributes[word] === "number" &&
      !isNeutral(written.attributes[word]) &&
      !counted[convention].level.includes(word) &&
      !read.has(word),
  );
  const ofAttributes = own.map((word) => withoutEffect(word, head, convention));
  const ofParts = written.subcomponents.flatMap((part) => {
    const partClass = context.classOf(part.class);
    const isRead = (word: ScaleWord): boolean =>
      counted[convention].part.includes(word) ||
      (partClass ? namesInClass(partClass).has(word) : context.isRelevant(part.class, word)) ||
      [...Object.values(part.attributes), part.areaShare, part.energyShare].some((value) =>
        namesIn(value).includes(word),
      );
    const unread = scaleWords.filter((word) => !isNeutral(part.attributes[word]) && !isRead(word));
    return unread.map((word) => withoutEffect(word, `the part ${part.name} of ${head}`, convention));
  });
  const messages = [...ofAttributes, ...ofParts];
  if (convention === "2023" && written.actions.some(hasArguments))
    messages.push(
      `The arguments of actions of ${head} have no effect in the convention of 2023. Leave them out, or ask for the ` +
        "convention of 2024 (--convention 2024).",
    );
  const nested = written.subcomponents.flatMap(({ class: name }) => context.classOf(name) ?? []);
  return [...messages, ...nested.flatMap((inner) => unreadOfClass(inner, convention, context, seen))];
}

function hasArguments({ subcomponents }: ComponentClass["actions"][number]): boolean {
  return subcomponents.some(({ actions }) => actions.some((action) => action.arguments !== undefined));
}

/** Names that anything in a class looks up. */
function namesInClass(written: ComponentClass): ReadonlySet<string> {
  const steps = written.actions.flatMap(({ subcomponents }) => subcomponents);
  const parts = written.subcomponents;
  const values: readonly (WrittenValue | undefined)[] = [
    ...Object.values(written.attributes),
    ...parts.flatMap(({ attributes, areaShare, energyShare }) => [
      ...Object.values(attributes),
      areaShare,
      energyShare,
    ]),
    ...steps.flatMap(({ actions }) =>
      actions.flatMap(({ actionShare, arguments: given = {} }) => [actionShare, ...Object.values(given)]),
    ),
  ];
  const bounds = [...parts, ...steps].flatMap(({ name }) => boundNames(name));
  return new Set([...values.filter(isExpressionText).flatMap(namesIn), ...bounds]);
}

/** The warnings of all levels, each word once. */
export function scaleWarnings(
  levels: readonly { readonly name: string; readonly unread: UnreadWords }[],
  convention: Convention,
): readonly Warning[] {
  if (levels.length === 0) return [];
  const ofLevels = scaleWords.flatMap((word) => {
    const names = levels.filter(({ unread }) => unread.ofLevel.includes(word)).map(({ name }) => name);
    return names.length === 0 ? [] : [withoutEffect(word, names.join(", "), convention)];
  });
  const ofClasses = new Set(levels.flatMap(({ unread }) => unread.ofClass));
  return [...ofLevels, ...ofClasses].map((message) => ({ code: "component", message }));
}
