import type { CubeModel } from "../../models/cube.ts";
import type { Field } from "../../models/field.ts";
import { type DocumentModel, keyFieldOf } from "../../models/model.ts";
import { isRollUp } from "../../models/roll-up.ts";
import type { Queryable } from "./mariadb.ts";

/** A text column that does not compare as the stores do: by code points, case and trailing blanks included. */
export interface OddColumn {
  /** Its collation; its type when it is no text at all. */
  readonly declared: string;
  /** Makes an operand that the column's own index can look up; null: there is no safe one. */
  readonly toOwn: ((operand: string) => string) | null;
}

/** The odd columns of a view by name; every other column compares as the stores do. */
export type OddColumns = ReadonlyMap<string, OddColumn>;

/** A model, and how the columns of its view compare in the database just now. */
export interface LiveView<M extends DocumentModel = DocumentModel> {
  readonly model: M;
  readonly odd: OddColumns;
  /** Of a roll-up: the view of the facts that it groups. */
  readonly facts?: CubeView;
}

/** The view of a cube's facts. */
export type CubeView = LiveView<CubeModel>;

/** Remembers what views say of their columns, for one pool. */
export interface TextColumns {
  of(ask: Pick<Queryable, "query">, view: string): Promise<OddColumns>;
}

/** The one collation by which both stores compare text: MongoDB's comparison of the UTF-8 bytes. */
const EXACT = "utf8mb4_nopad_bin";

/** Types whose columns order and pad as their text does; an enum sorts by the place in its list. */
const plainTypes = new Set(["char", "varchar", "tinytext", "text", "mediumtext", "longtext"]);

/** Character sets in which each text has one form at most: what is equal as UTF-8 is equal in them. */
const safeSets = new Set(["utf8mb4", "utf8mb3", "latin1", "ascii"]);

/** A table may be converted while a gateway runs: for this long it may be taken for what it was. */
const KEPT_MS = 5000;

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly charset: string | null;
  readonly collation: string | null;
}

/** A memory of one pool; what it holds is asked for again after five seconds. */
export function createTextColumns(): TextColumns {
  const known = new Map<string, { readonly at: number; readonly columns: OddColumns }>();
  return {
    async of(ask, view) {
      const last = known.get(view);
      if (last && performance.now() - last.at < KEPT_MS) return last.columns;
      const at = performance.now();
      const rows = await ask.query<ColumnRow>(
        `select column_name as name, data_type as type, character_set_name as charset, collation_name as collation
        from information_schema.columns where table_schema = database() and table_name = ?`,
        [view],
      );
      const columns = new Map(
        rows
          .filter((row) => row.collation !== EXACT || !plainTypes.has(row.type))
          .map((row) => {
            const declared = plainTypes.has(row.type) ? (row.collation ?? row.type) : row.type;
            return [row.name, { declared, toOwn: toOwn(row) }];
          }),
      );
      known.set(view, { at, columns });
      return columns;
    },
  };
}

/** Without a collation it is no text at all (a date, a number): its own comparison takes any operand. */
function toOwn({ charset, collation }: ColumnRow): OddColumn["toOwn"] {
  if (charset === null || collation === null) return (operand) => operand;
  if (!safeSets.has(charset)) return null;
  // A character that the set lacks becomes another one, and finds rows that the exact condition then leaves out.
  return (operand) => `convert(${operand} using ${charset}) collate ${collation}`;
}

/** Whether values of a field are texts, which a collation compares. */
export const isText = (field: Field | undefined): boolean =>
  field?.kind === "string" || field?.kind === "enumeration";

/** Reads how the view of a model compares; asks nothing about one whose key and filters are no text. */
export async function readView<M extends DocumentModel>(
  db: Pick<Queryable, "query"> & { readonly textColumns: TextColumns },
  model: M,
): Promise<LiveView<M>> {
  const hasText = [model.key, ...model.filters].some((name) => isText(model.fields[name]));
  return {
    model,
    odd: hasText ? await db.textColumns.of(db, model.name) : new Map(),
    ...(isRollUp(model) ? { facts: await readView(db, model.rollUp.facts) } : {}),
  };
}

/** The same, where only the key is compared. */
export async function readKeyView<M extends DocumentModel>(
  db: Pick<Queryable, "query"> & { readonly textColumns: TextColumns },
  model: M,
): Promise<LiveView<M>> {
  return keyFieldOf(model).kind === "string" ? readView(db, model) : { model, odd: new Map() };
}

/** A column's text as both stores compare it. */
export const toExact = (column: string): string => `convert(${column} using utf8mb4) collate ${EXACT}`;
