import type { Field, Fields } from "./field.ts";

/** What GraphQL says of a name that something had before. */
export const renamedTo = (name: string): string => `Renamed: ${name}.`;

/** What a field was called, if it was called otherwise. */
export const formerNameOf = (field: Field): string | undefined =>
  field.kind === "link" ? undefined : field.formerly;

/** The field that a name means: the one that is called so, or the one that was. */
export const currentName = (fields: Fields, name: string): string =>
  Object.hasOwn(fields, name)
    ? name
    : (Object.keys(fields).find((one) => fields[one] && formerNameOf(fields[one]) === name) ?? name);

/** The first former name that is a name of the same object too; undefined when all differ. */
export function findFormerNameTwice(fields: Fields): string | undefined {
  const formers = Object.values(fields).flatMap((field) => formerNameOf(field) ?? []);
  const twice = formers.find((name, index) => Object.hasOwn(fields, name) || formers.indexOf(name) < index);
  if (twice !== undefined) return twice;
  for (const field of Object.values(fields)) {
    const inner = field.kind === "list" ? field.item : field;
    const found = inner.kind === "object" ? findFormerNameTwice(inner.fields) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
