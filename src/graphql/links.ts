import type { GraphQLResolveInfo } from "graphql";
import type { LinkField } from "../models/field.ts";
import type { Document, DocumentId } from "../models/model.ts";

/** Response key of the root field that a resolver works under: plans are kept by it. */
export function rootOf(info: Pick<GraphQLResolveInfo, "path">): string {
  let path = info.path;
  while (path.prev) path = path.prev;
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
