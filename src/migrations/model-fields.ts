import type { Known } from "../derive/column-scope.ts";
import type { Leaf, Shape } from "../derive/json-shape.ts";
import type { ServerType, ShapedColumn, ShapedRelation } from "../derive/read-shapes.ts";
import { isFieldName } from "../models/model.ts";
import { toColumnField } from "./column-fields.ts";
import { type NoKind, type ScalarKind, toKind } from "./field-kinds.ts";
import { readLink } from "./link-candidates.ts";
import type { Shown } from "./shown-columns.ts";

interface Found {
  /** camelCase, as in the document. */
  readonly name: string;
  readonly description: string;
  readonly nullable: boolean;
  readonly filter: boolean;
  /** What only a person knows. */
  readonly decide: readonly string[];
  /** The table whose row it names, and the column that it names it by. */
  readonly refersTo: { readonly table: string; readonly column: string } | null;
  /** The field beside it that leads to the document it names, and that document's model. */
  readonly link?: { readonly name: string; readonly model: string };
}

/** A field of a definition that is to be written. */
export type FoundField = Found &
  (
    | {
        readonly kind: ScalarKind;
        readonly scale: number;
        readonly texts: readonly string[];
        /** What a view makes of the column for it. */
        readonly shown: Shown;
      }
    | { readonly kind: "object"; readonly members: readonly FoundField[]; readonly open: readonly Open[] }
    | {
        readonly kind: "list";
        readonly item: FoundField;
        readonly mayBeNull: boolean;
        /** How many items it has on average, where there are many. */
        readonly expected?: number | undefined;
      }
  );

/** A column, or a key of JSON, that documents cannot show as it is. */
export interface Open {
  readonly name: string;
  readonly reason: string;
  /** It can be shown as a text. */
  readonly isText: boolean;
}

/** A column of a table or a view as a field. */
export interface ColumnField {
  readonly column: string;
  readonly field: FoundField;
  /** The lines of the expression that shows it, where it is made of others. */
  readonly sql?: readonly string[];
}

interface Sources {
  readonly known: Known;
  readonly typeOf: (leaf: Leaf) => ServerType | null;
}

interface Named {
  readonly name: string;
  readonly isPart: boolean;
}

/** Said of a list whose text gives null where there is nothing to list. */
export const nullList =
  "null when it is empty, and a list never is: write coalesce(…, json_array()) around it in the view";

/**
 * The columns of a table or a view as fields, each under a name of its own, and those that cannot be one.
 * @param asTexts JSON whose parts cannot be told is a text
 */
export function toColumnFields(
  relation: ShapedRelation,
  asTexts: boolean,
): {
  readonly fields: readonly ColumnField[];
  readonly open: readonly Open[];
} {
  const fields: ColumnField[] = [];
  const open: Open[] = [];
  const owners = new Map<string, string>();
  for (const column of relation.columns) {
    const given = readColumn(column, relation);
    const found = asTexts && "reason" in given && given.isText ? toText(column, given.reason) : given;
    const owner = "reason" in found ? undefined : owners.get(found.name);
    if ("reason" in found) open.push({ ...found, name: column.name });
    else if (owner !== undefined)
      open.push({
        ...{ name: column.name, isText: false },
        reason: `its field would be ${found.name}, as that of ${owner}`,
      });
    else {
      owners.set(found.name, column.name);
      fields.push({ column: column.name, field: found });
    }
  }
  return { fields, open };
}

const toText = ({ name, nulls }: ShapedColumn, reason: string): FoundField => ({
  ...{ kind: "string", scale: 0, texts: [], shown: "asIs", filter: false, refersTo: null },
  ...{ name: toColumnField(name) ?? name, description: `${toWords(name)}.`, nullable: nulls !== "never" },
  decide: [`a text of ${reason}`],
});

function readColumn(column: ShapedColumn, relation: ShapedRelation): FoundField | Omit<Open, "name"> {
  const name = toColumnField(column.name);
  if (name === undefined) return { reason: "no field can have this name; give it one", isText: false };
  const shape = { ...column.shape, nulls: column.nulls };
  // Of a whole column the server tells the type, whatever it is made of.
  const sources: Sources = {
    known: relation.known,
    typeOf: (leaf) => (leaf === shape ? column.type : relation.typeOf(leaf)),
  };
  return toField({ name, isPart: false }, shape, sources);
}

function toField(named: Named, shape: Shape, sources: Sources): FoundField | Omit<Open, "name"> {
  const { name, isPart } = named;
  const common: Found = {
    ...{ name, description: `${toWords(name)}.`, filter: false, decide: [], refersTo: null },
    nullable: shape.nulls !== "never",
  };
  if (shape.kind === "leaf") return toScalar(named, shape, sources);
  if (shape.kind === "unknown")
    return { reason: `${shape.reason}; declare its parts as fields, or show it as a text`, isText: !isPart };
  if (shape.kind === "list") {
    const item = shape.item && toField({ name, isPart: true }, shape.item, sources);
    if (item === null) return { reason: "a list that is always empty", isText: !isPart };
    if ("reason" in item) return { reason: `its items are ${item.reason}`, isText: !isPart };
    if (item.kind === "list") return { reason: "a list of lists", isText: !isPart };
    const decide = isPart && common.nullable ? [nullList] : [];
    return { ...common, kind: "list", nullable: false, item, mayBeNull: common.nullable, decide };
  }
  const wrong = shape.members.find((member) => !isFieldName(member.name));
  if (wrong)
    return {
      reason: `JSON with the key ${wrong.name}, which must be camelCase in the view`,
      isText: !isPart,
    };
  const members: FoundField[] = [];
  const open: Open[] = [];
  for (const member of shape.members) {
    const found = toField({ name: member.name, isPart: true }, member.shape, sources);
    if ("reason" in found) open.push({ ...found, name: member.name });
    else members.push(found);
  }
  if (members.length === 0) return { reason: "JSON without a key that could be shown", isText: !isPart };
  return { ...common, kind: "object", members, open };
}

function toScalar(
  { name, isPart }: Named,
  leaf: Leaf,
  { known, typeOf }: Sources,
): FoundField | Omit<Open, "name"> {
  const type = typeOf(leaf);
  const found: ReturnType<typeof toKind> | NoKind = type
    ? toKind(leaf, type, known, isPart)
    : { reason: "of no type that the server tells" };
  if ("reason" in found) return { reason: found.reason, isText: false };
  const { base } = leaf;
  const comment = base && known.facts(base.table.name).comments.get(base.column.name)?.trim();
  return {
    ...found,
    name,
    description: comment ? comment.replace(/(?<![.!?])$/, ".") : `${toWords(name)}.`,
    nullable: leaf.nulls !== "never",
    // An index makes a filter cheap in both stores; these words join conditions.
    filter:
      !isPart &&
      (found.shown === "asIs" || found.shown === "milliseconds") &&
      !["and", "or", "not"].includes(name) &&
      (base?.table.indexes.some(([first]) => first === base.column.name) ?? false),
    decide: found.decide === null ? [] : [found.decide],
    refersTo: base && readLink(base, known),
  };
}

/** `unitPrice` → `Unit price` */
const toWords = (name: string): string => {
  const words = name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
