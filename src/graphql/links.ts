import type { GraphQLResolveInfo } from "graphql";
import type { LinkField } from "../models/field.ts";
import type { Document, DocumentId } from "../models/model.ts";

type Path = GraphQLResolveInfo["path"];

/** Where a field stands in the answer: `customers nodes 0 document`. */
export const placeOf = (path: Path): string =>
  path.prev ? `${placeOf(path.prev)} ${path.key}` : String(path.key);

/**
 * What a resolver works under, by which plans are kept: the response key of the root field; inside a version
 * of a history the place of its document, for each version shows a moment of its own; inside an item of a root field
 * that is a list the place of that.
 */
export function rootOf(info: Pick<GraphQLResolveInfo, "path">): string {
  let path: Path = info.path;
  while (path.prev) {
    if (path.typename?.endsWith("Version")) return placeOf(path);
    if (typeof path.key === "number" && !path.prev.prev) return placeOf(path);
    path = path.prev;
  }
  return String(path.key);
}

/** The id that a link follows: `customerId`, or `buyer.customerId` inside a sibling object; null when there is none. */
export function readLinkedId(document: Document, link: LinkField): DocumentId | null {
  let value: unknown = document;
  for (const name of link.key.split(".")) {
    if (typeof value !== "object" || value === null) return null;
    value = (value as Document)[name];
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
