import * as v from "valibot";
import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import { isExpressionText, unquoted } from "../expression/evaluate";
import type {
  ComponentClass,
  Fidelity,
  Subcomponent,
  SubcomponentAction,
  WrittenValue,
} from "../specification";
import type { YamlList, YamlNode } from "../yaml/yaml-node";
import { joinPath, locationOf } from "../yaml/yaml-node";
import {
  closedObject,
  correctedTable,
  isVoid,
  spelledOnce,
  text,
  validate,
  written,
  writtenTable,
} from "./validate";

/** A list; an empty map or nothing stands for an empty one. */
function listOf<Output>(
  item: v.GenericSchema<unknown, Output>,
  expected: string,
): v.GenericSchema<unknown, readonly Output[]> {
  return v.pipe(
    v.unknown(),
    v.transform((value) => (isVoid(value) ? [] : value)),
    v.array(item, expected),
  );
}

const subcomponentSchema = v.pipe(
  spelledOnce(
    closedObject({
      name: text("the name of the part"),
      class: text("the class of the part"),
      attributes: v.optional(writtenTable(), {}),
      area_share: v.optional(written()),
      area_scale: v.optional(written()),
      energy_scale: v.optional(written()),
    }),
    [["area_share", "area_scale"]],
  ),
  v.transform(({ area_share, area_scale, energy_scale, attributes, ...rest }): Subcomponent => ({
    ...rest,
    attributes: withLiteralDemand(attributes),
    ...optionalShare("areaShare", area_share ?? area_scale),
    ...optionalShare("energyShare", energy_scale),
  })),
);

const subactionSchema = v.pipe(
  spelledOnce(
    closedObject({
      name: text("the name of an action of the part"),
      action_share: v.optional(written()),
      repeat: v.optional(written()),
      energy_scale: v.optional(written()),
      arguments: v.optional(writtenTable()),
    }),
    [
      ["action_share", "energy_scale"],
      ["repeat", "energy_scale"],
      ["action_share", "repeat"],
    ],
  ),
  v.transform(({ name, action_share, repeat, energy_scale, arguments: given = {} }): SubcomponentAction => ({
    name,
    actionShare: unquoted(energy_scale ?? repeat ?? action_share ?? 1),
    ...(Object.keys(given).length === 0 ? {} : { arguments: given }),
  })),
);

function optionalShare<Name extends string>(
  name: Name,
  value: WrittenValue | undefined,
): Partial<Record<Name, WrittenValue>> {
  return (value === undefined ? {} : { [name]: unquoted(value) }) as Partial<Record<Name, WrittenValue>>;
}

const actionSchema = closedObject({
  name: text("the name of the action"),
  arguments: v.optional(v.unknown()),
  subcomponents: listOf(
    closedObject({
      name: text("the name of a part"),
      actions: listOf(subactionSchema, "a list of {name, action_share}"),
    }),
    "a list of {name, actions}",
  ),
});

const classSchema = closedObject({
  name: text("the name of the class"),
  attributes: writtenTable(),
  corrected_attributes: v.optional(writtenTable(), {}),
  subcomponents: listOf(subcomponentSchema, "a list of {name, class, attributes}"),
  actions: listOf(actionSchema, "a list of {name, subcomponents}"),
});

const componentsSchema = closedObject({
  version: v.optional(v.unknown()),
  classes: v.optional(v.unknown()),
});

/** `must_specify` demands a value, in quotes or not. */
function withLiteralDemand(
  attributes: Readonly<Record<string, WrittenValue>>,
): Readonly<Record<string, WrittenValue>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      isExpressionText(value) && value.expression === "must_specify" ? value.expression : value,
    ]),
  );
}

/** Reads the top key `components`. Mistakes are added to `errors`. */
export function readComponents(node: YamlNode, fidelity: Fidelity, errors: RaellaError[]): ComponentClass[] {
  if (validate(componentsSchema, node, "components", errors) === undefined || node.kind !== "map") return [];
  const classes = node.entries.get("classes")?.value;
  if (classes?.kind !== "list") {
    if (classes !== undefined && classes.kind !== "scalar")
      validate(v.array(v.unknown(), "a list of component classes"), classes, "components.classes", errors);
    return [];
  }
  const names = new Set<string>();
  return itemsInside(classes).flatMap((item, index) => {
    const path = joinPath("components.classes", index);
    const given = validate(classSchema, item, path, errors);
    if (given === undefined) return [];
    const location = locationOf(item, path);
    if (names.has(given.name)) errors.push(secondClass(given.name, location));
    names.add(given.name);
    const attributes = withLiteralDemand(correctedTable(given, fidelity, item, path, errors));
    const { name, subcomponents, actions } = given;
    return [{ name, attributes, subcomponents, actions, location }];
  });
}

/** Included lists of classes may stand in a list themselves. */
function itemsInside(list: YamlList): readonly YamlNode[] {
  return list.items.flatMap((item) => (item.kind === "list" ? itemsInside(item) : [item]));
}

function secondClass(name: string, location: SourceLocation): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `There are two component classes called "${name}".`,
    location,
    value: name,
    remedy: "Give every class a name of its own.",
  });
}
