import type { Field, Fields } from "../models/field.ts";
import type { Document } from "../models/model.ts";
import { maskOf, type ToMasked } from "./masks.ts";
import type { MaskedField, ModelRights } from "./role-project.ts";

/** A document, or a part of one, as a role sees it; what is not there stays so. */
export type Show = (document: Document) => Document;

/**
 * How a role sees documents of a model: without the fields at any depth that it may not see, and with masks. Undefined
 * when that is as they are.
 */
export function compileShow(
  { model, shown, masks }: Pick<ModelRights, "model" | "shown" | "masks">,
  maskKey: string | undefined,
): Show | undefined {
  return compileFields(model.fields, shown.fields, masks, maskKey);
}

type Change = (value: unknown) => unknown;

function compileFields(
  whole: Fields,
  shown: Fields,
  masks: readonly MaskedField[],
  maskKey: string | undefined,
): Show | undefined {
  const names = Object.entries(shown).flatMap(([name, { kind }]) => (kind === "link" ? [] : [name]));
  const changes = new Map<string, Change>();
  for (const name of names) {
    const within = masks.filter(({ path }) => path[0] === name);
    const change = compileField(whole[name], shown[name], within, maskKey);
    if (change) changes.set(name, change);
  }
  const stored = Object.values(whole).filter(({ kind }) => kind !== "link");
  if (changes.size === 0 && stored.length === names.length) return undefined;
  return (document) => {
    const seen: Record<string, unknown> = {};
    for (const name of names) {
      if (!Object.hasOwn(document, name)) continue;
      const change = changes.get(name);
      seen[name] = change ? change(document[name]) : document[name];
    }
    return seen;
  };
}

function compileField(
  whole: Field | undefined,
  shown: Field | undefined,
  masks: readonly MaskedField[],
  maskKey: string | undefined,
): Change | undefined {
  const own = masks.find(({ path }) => path.length === 1);
  if (own) return eachItem(maskOf(own.mask, maskKey));
  const [from, to] = [itemOf(whole), itemOf(shown)];
  if (from?.kind !== "object" || to?.kind !== "object") return undefined;
  const deeper = masks.map(({ path, mask }) => ({ path: path.slice(1), mask }));
  const show = compileFields(from.fields, to.fields, deeper, maskKey);
  return show && eachItem((value) => (isObject(value) ? show(value) : value));
}

const itemOf = (field: Field | undefined): Field | undefined => (field?.kind === "list" ? field.item : field);

const eachItem =
  (change: ToMasked): Change =>
  (value) =>
    Array.isArray(value) ? value.map(change) : change(value);

const isObject = (value: unknown): value is Document => typeof value === "object" && value !== null;
