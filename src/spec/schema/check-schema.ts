import * as v from "valibot";
import { RaellaError } from "../../errors";
import { compileValue, unquoted } from "../expression/evaluate";
import type { DesignCheck, WrittenValue } from "../specification";
import type { YamlNode } from "../yaml/yaml-node";
import { joinPath, locationOf } from "../yaml/yaml-node";
import { closedObject, listItems, locateIn, text, validate, written, writtenTable } from "./validate";

const checkSchema = closedObject({
  expression: written("an expression that is true for a design that can be built"),
  message: text("what is wrong where the expression is false"),
  source: text("where the limit comes from"),
  severity: v.optional(
    v.pipe(
      text(),
      v.picklist(["error", "warning", "note"], "warning or note, or error where nothing can be so"),
    ),
    "warning",
  ),
  where: v.optional(writtenTable(), {}),
  adapt: v.optional(writtenTable(), {}),
  level: v.optional(text("the name of a level")),
});

/** `{expression}` in a message. */
export const placeholders = /\{([^{}]*)\}/g;

/** Reads the list of checks. Mistakes are added to `errors`. */
export function readChecks(node: YamlNode, errors: RaellaError[]): DesignCheck[] {
  return listItems(node, "checks", errors, "a list of checks {expression, message, source}").flatMap(
    (item, index) => readCheck(item, joinPath("checks", index), errors) ?? [],
  );
}

function readCheck(node: YamlNode, path: string, errors: RaellaError[]): DesignCheck | undefined {
  const given = validate(checkSchema, node, path, errors);
  if (given === undefined) return undefined;
  const { level = null, ...rest } = given;
  const expression = unquoted(given.expression, locateIn(node, path, ["expression"]));
  const check: DesignCheck = { ...rest, level, expression, location: locationOf(node, path) };
  if (level !== null && Object.keys(check.adapt).length > 0)
    errors.push(
      new RaellaError({
        code: "schema",
        message: "A check of a level cannot change variables: it waits for a mapping, which depends on them.",
        location: locateIn(node, path, ["adapt"]),
        remedy: "Leave `adapt` out, or write a check of variables alone.",
      }),
    );
  for (const value of [...inMessage(check, locateIn(node, path, ["message"])), ...expressionsOf(check)]) {
    const { mistake } = compileValue(value);
    if (mistake !== undefined) errors.push(mistake);
  }
  return check;
}

/** The expressions that a message contains. */
export function inMessage(
  { message }: DesignCheck,
  location: DesignCheck["location"],
): { readonly expression: string; readonly location: DesignCheck["location"] }[] {
  return [...message.matchAll(placeholders)].map(([, expression]) => ({ expression, location }));
}

/** Everything else that is evaluated. */
export function expressionsOf({ where, expression, adapt }: DesignCheck): WrittenValue[] {
  return [...Object.values(where), expression, ...Object.values(adapt)];
}
