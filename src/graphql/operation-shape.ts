import { type DocumentNode, Kind, print, visit } from "graphql";

const MOST_CHARACTERS = 4000;

/** The text of an operation with `_` in place of every value, for logs: a value may be of a person. */
export function showShape(document: DocumentNode): string {
  const hidden = { kind: Kind.ENUM, value: "_" } as const;
  const shape = visit(document, {
    [Kind.STRING]: () => hidden,
    [Kind.INT]: () => hidden,
    [Kind.FLOAT]: () => hidden,
    // A list is as good as one of its values, and may have thousands.
    [Kind.LIST]: () => hidden,
  });
  const text = print(shape).replace(/\s+/g, " ");
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
}
