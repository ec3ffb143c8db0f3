import type { Mask, MaskedField, PersonalRule } from "./access.ts";
import type { Field, Fields, LinkField, ListItem, ScalarField } from "./field.ts";

/** What of a model's fields is there for a role. */
export interface FieldAccess {
  /** Names at the top; undefined: all. */
  readonly only: ReadonlySet<string> | undefined;
  /** Dotted names. */
  readonly except: ReadonlySet<string>;
  readonly personal: PersonalRule;
  /** Names of the models that are there, so that links may lead to them. */
  readonly models: ReadonlySet<string>;
}

export interface ShownFields {
  readonly fields: Fields;
  readonly masks: readonly MaskedField[];
}

type Stored = Exclude<Field, LinkField>;

/** Whether it tells of a person: what it is marked for, a list by its items. */
export const isPersonal = (field: Field): boolean =>
  field.kind === "link" ? false : field.pii || (field.kind === "list" && field.item.pii);

/**
 * The fields as a role has them: without those that are hidden, and without links to models that are not there or over keys
 * that it does not see. An object of which nothing is left is not there. What is masked is no filter.
 */
export function showFields(fields: Fields, access: FieldAccess, path: readonly string[] = []): ShownFields {
  const shown: Record<string, Field> = {};
  const masks: MaskedField[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const at = [...path, name];
    if (field.kind === "link" || !isNamed(at, access)) continue;
    const made = showField(field, access, at);
    if (made === undefined) continue;
    shown[name] = made.field;
    masks.push(...made.masks);
  }
  const masked = new Set(masks.map((one) => one.path.slice(path.length).join(".")));
  // In the order of the definition: that is how a person reads them.
  const ordered = Object.entries(fields).flatMap(([name, field]): (readonly [string, Field])[] => {
    if (field.kind !== "link") return shown[name] ? [[name, shown[name]]] : [];
    return isNamed([...path, name], access) &&
      canFollow(field, shown, masked) &&
      access.models.has(field.model)
      ? [[name, field]]
      : [];
  });
  return { fields: Object.fromEntries(ordered), masks };
}

const isNamed = (path: readonly string[], { only, except }: FieldAccess): boolean =>
  !except.has(path.join(".")) && (path.length > 1 || only === undefined || only.has(path[0] ?? ""));

/** Whether the key of a link is there as it is. */
function canFollow(link: LinkField, shown: Fields, masked: ReadonlySet<string>): boolean {
  const parts = link.key.split(".");
  if (parts.some((_, index) => masked.has(parts.slice(0, index + 1).join(".")))) return false;
  let fields: Fields | undefined = shown;
  let field: Field | undefined;
  for (const part of parts) {
    field = fields?.[part];
    fields = field?.kind === "object" ? field.fields : undefined;
  }
  return field !== undefined;
}

interface ShownField {
  readonly field: Stored;
  readonly masks: readonly MaskedField[];
}

function showField(field: Stored, access: FieldAccess, path: readonly string[]): ShownField | undefined {
  const { personal } = access;
  if (isPersonal(field) && personal === "hidden") return undefined;
  if (isPersonal(field) && typeof personal === "object")
    return { field: maskField(field, personal.mask), masks: [{ path, mask: personal.mask }] };
  if (field.kind === "list") {
    const made = showItem(field.item, access, path);
    return made && { field: { ...field, item: made.item }, masks: made.masks };
  }
  const made = showItem(field, access, path);
  return made && { field: made.item, masks: made.masks };
}

function showItem(
  item: ListItem,
  access: FieldAccess,
  path: readonly string[],
): { readonly item: ListItem; readonly masks: readonly MaskedField[] } | undefined {
  if (item.kind !== "object") return { item, masks: [] };
  const { fields, masks } = showFields(item.fields, access, path);
  const isEmpty = Object.values(fields).every(({ kind }) => kind === "link");
  return isEmpty ? undefined : { item: { ...item, fields }, masks };
}

const told: Readonly<Record<Mask, string>> = {
  null: "Not shown: always null.",
  last4: "Only its last four characters are shown.",
  hash: "Shown as a hash: equal values have equal ones.",
};

/** A field as it is shown under a mask; no filter any more. */
function maskField(field: Stored, mask: Mask): Stored {
  const description = `${field.description} ${told[mask]}`;
  return { ...field, description, filter: false, nullable: field.nullable || mask === "null" };
}

/** Why a field cannot be masked so; undefined: it can. */
export function findMaskProblem(field: Field, mask: Mask): string | undefined {
  if (field.kind === "link") return "is a link";
  if (field.kind === "list" && mask === "null") return "is a list, which is never null";
  const inner: ListItem | ScalarField = field.kind === "list" ? field.item : field;
  if (mask !== "null" && inner.kind !== "string") return `is no text (${inner.kind})`;
  return undefined;
}
