import type { ShapedRelation } from "../derive/read-shapes.ts";
import { isPrintable } from "../derive/value-types.ts";
import { VitrineError } from "../errors.ts";
import { compositeKeyOf, KEY_SEPARATOR } from "../models/composite-key.ts";
import { MAX_ID_LENGTH } from "../stores/conversion/document-id.ts";
import type { ColumnField, FoundField, Open } from "./model-fields.ts";
import { toColumnReference, toSqlName } from "./reserved-words.ts";
import { reasonOf } from "./shown-columns.ts";

/** Kinds that an id may have by itself; a closed set is a text then. */
const keyKinds: readonly string[] = ["int", "bigint", "string", "enumeration"];

/** What a document is known by. */
export interface ChosenKey {
  /** The column of the id, of the source or made. */
  readonly key: ColumnField;
  /** The columns that it is made of, where it is. */
  readonly parts?: readonly ColumnField[];
  /** What is unsure about it. */
  readonly decideKey: readonly string[];
}

export interface KeyOptions {
  readonly fields: readonly ColumnField[];
  readonly open: readonly Open[];
  /** Of the model: a made id is called after it. */
  readonly typeName: string;
  /** Columns or fields, with commas between, when its author knows better. */
  readonly wanted: string | undefined;
}

const refuse = (problem: string): VitrineError => new VitrineError("USAGE", problem);

/**
 * The column that is a document's id, or those that it is made of.
 * @throws VitrineError USAGE when there are none, with the remedy
 */
export function chooseKey(relation: ShapedRelation, options: KeyOptions): ChosenKey {
  const { fields, wanted } = options;
  const usable = fields.filter(canBeId);
  if (wanted !== undefined) return chooseWanted(relation, wanted, options);
  if (!relation.isView) return chooseOfTable(relation, options);
  const sure = usable.find(({ column }) => relation.keys.includes(column));
  const key = sure ?? usable[0];
  if (!key)
    throw refuse(
      `The view ${relation.name} has no column of whole numbers or text, which could be a document's id. Show the key of its rows in it.`,
    );
  const doubt = `nothing proves that ${key.column} is another in each row, as a document's id must be; --key names another column, or several: --key a,b`;
  return { key, decideKey: [...(sure ? [] : [doubt]), ...doubtNulls(key)] };
}

const canBeId = ({ field }: ColumnField): boolean =>
  keyKinds.includes(field.kind) && "shown" in field && field.shown === "asIs";

function chooseWanted(relation: ShapedRelation, wanted: string, options: KeyOptions): ChosenKey {
  const { fields } = options;
  const names = wanted.split(",").map((name) => name.trim());
  const found = names.map((name) =>
    fields.find(({ column, field }) => column === name || field.name === name),
  );
  const missing = names.find((_, at) => !found[at]);
  const usable = fields.filter(canBeId);
  if (missing !== undefined || (names.length === 1 && found[0] && !canBeId(found[0])))
    throw refuse(
      `${relation.name} has no column ${missing ?? wanted} of whole numbers or text. It has: ${usable.map(({ column }) => column).join(", ")}.`,
    );
  const parts = found.filter((one) => one !== undefined);
  const [only] = parts;
  if (only && parts.length === 1) return { key: only, decideKey: doubtNulls(only) };
  return makeKey(relation, parts, options);
}

function chooseOfTable(relation: ShapedRelation, options: KeyOptions): ChosenKey {
  const { fields, open } = options;
  const { name, known } = relation;
  const keys = known.catalogue.get(name)?.primaryKey ?? [];
  const found = keys.map((column) => fields.find((one) => one.column === column));
  const [only] = found;
  if (keys.length === 1 && only && canBeId(only)) return { key: only, decideKey: doubtsOf(relation, [only]) };
  const missing = keys.find((_, at) => !found[at]);
  const reason = open.find((one) => one.name === missing)?.reason;
  if (keys.length === 0 || missing !== undefined)
    throw refuse(
      `${name} needs columns of numbers, text or days as its primary key, which becomes the document's id${reason ? `; ${missing}: ${reason}` : ""}.`,
    );
  return makeKey(
    relation,
    found.filter((one) => one !== undefined),
    options,
  );
}

/** An id that is made of these columns. @throws VitrineError USAGE for one that has no exact text */
function makeKey(
  relation: ShapedRelation,
  parts: readonly ColumnField[],
  { typeName, fields }: KeyOptions,
): ChosenKey {
  for (const part of parts) {
    const reason = findFault(relation, part);
    if (reason !== null)
      throw refuse(
        `The key of ${relation.name} cannot be a document's id: ${part.column} is ${reason}, in a view.`,
      );
  }
  const name = compositeKeyOf(typeName);
  const taken = fields.find(({ field }) => field.name === name);
  if (taken)
    throw refuse(
      `${relation.name} has a column ${taken.column}, which is the name of a document's id. Choose another name.`,
    );
  const key: ColumnField = {
    column: "",
    sql: printKey(relation.name, parts),
    field: {
      ...{ kind: "string", name, description: "The id.", nullable: false, filter: false, decide: [] },
      ...{ refersTo: null, scale: 0, texts: [], shown: "asIs" },
    },
  };
  return { key, parts, decideKey: doubtsOf(relation, parts) };
}

/** Why a column cannot be in an id; null: it can. */
export function findFault({ name, known }: ShapedRelation, { column, field }: ColumnField): string | null {
  if (field.kind === "object" || field.kind === "list") return `a ${field.kind}`;
  if (field.shown !== "asIs") return reasonOf[field.shown];
  const base = known.catalogue.get(name)?.columns.get(column);
  return base === undefined || isPrintable(base)
    ? null
    : `of type ${base.columnType} and prints in more than one way: show it as a text`;
}

const doubtsOf = (relation: ShapedRelation, columns: readonly ColumnField[]): readonly string[] => [
  ...columns.flatMap(doubtNulls),
  ...doubtLengths(relation, columns),
];

const doubtNulls = ({ column, field }: ColumnField): readonly string[] =>
  field.nullable ? [`a row whose ${column} is null is no document`] : [];

/** Texts that may be longer than an id. */
function doubtLengths({ name, known }: ShapedRelation, columns: readonly ColumnField[]): readonly string[] {
  const lengths = columns.map(({ column }) => {
    const type = known.catalogue.get(name)?.columns.get(column)?.columnType ?? "";
    return Number(/^(?:var)?char\((\d+)\)/.exec(type)?.[1] ?? 0);
  });
  return lengths.reduce((sum, length) => sum + length, 0) > MAX_ID_LENGTH
    ? [`a row whose id has more than ${MAX_ID_LENGTH} characters is no document; vitrine rejected lists them`]
    : [];
}

/** The lines of the expression that makes the id of its parts: `concat(a, '~', b)`; null when one is. */
export function printKey(source: string, parts: readonly ColumnField[]): readonly string[] {
  const texts = parts.map(({ column, field }) =>
    printPart(`${toSqlName(source)}.${toColumnReference(column)}`, field),
  );
  if (texts.length === 1) return [`concat(${texts[0]})`];
  return [
    "concat(",
    ...texts.map((text, at) => `    ${text}${at < texts.length - 1 ? `, '${KEY_SEPARATOR}',` : ""}`),
    ")",
  ];
}

/** The text of a value in an id (src/stores/conversion/composite-id.ts). */
function printPart(sql: string, { kind }: FoundField): string {
  if (kind === "dateTime") return `concat(left(date_format(${sql}, '%Y-%m-%dT%T.%f'), 23), 'Z')`;
  return kind === "string" || kind === "enumeration"
    ? `replace(replace(${sql}, '%', '%25'), '${KEY_SEPARATOR}', '%7E')`
    : sql;
}
