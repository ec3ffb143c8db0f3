import { messageOf } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Domain } from "../models/project.ts";
import { type StoredField, storedFields } from "../stores/conversion/stored-fields.ts";
import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { judgeAnalystViews } from "./analyst-views.ts";
import { readTouchedFiles } from "./touched-files.ts";

/** A definition and its view that do not fit each other. */
export interface ModelProblem {
  readonly model: string;
  /** A column of the view; null: all of it. */
  readonly column: string | null;
  /** A sentence: what is wrong, and the remedy. */
  readonly message: string;
}

/** A column of a view as the server describes it. */
export interface ViewColumn {
  readonly name: string;
  /** `decimal` */
  readonly type: string;
  /** Digits after the point, or of a second. */
  readonly scale: number;
}

/** What is wrong between each definition and its view in the current database; nothing for models that fit. */
export async function checkModels(
  db: Pick<Queryable, "query">,
  models: readonly DocumentModel[],
): Promise<readonly ModelProblem[]> {
  const rows = await db.query<{ view: string; name: string; type: string; scale: string | number }>(
    `select table_name as view, column_name as name, data_type as type,
      coalesce(numeric_scale, datetime_precision, 0) as scale
    from information_schema.columns where table_schema = database() order by table_name, ordinal_position`,
  );
  const problems: ModelProblem[] = [];
  for (const model of models) {
    const columns = rows
      .filter(({ view }) => view === model.name)
      .map(({ name, type, scale }) => ({ name, type, scale: Number(scale) }));
    const broken = columns.length === 0 ? await findBroken(db, model.name) : null;
    if (broken === null) problems.push(...compareColumns(model, columns));
    else problems.push({ model: model.name, column: null, message: broken });
  }
  return problems;
}

/** What is wrong with a view of which the server tells no columns; null when there is none. */
async function findBroken(db: Pick<Queryable, "query">, view: string): Promise<string | null> {
  const there = await db.query(
    "select 1 from information_schema.views where table_schema = database() and table_name = ?",
    [view],
  );
  if (there.length === 0) return null;
  try {
    await db.query(`select * from ${quoteName(view)} limit 0`);
    return null;
  } catch (error) {
    const reason = messageOf(error);
    return `${view} cannot be read: ${reason}. Make what it reads again, or write the view anew.`;
  }
}

/**
 * What a migration leaves undone: definitions and views that do not fit, models of which no file says which documents a
 * change touches, and views that analysts may not read. Quick: only the texts of those are read.
 */
export async function findModelProblems(
  db: Pick<Queryable, "query">,
  { sqlDir, domains }: { readonly sqlDir: string; readonly domains: readonly Domain[] },
): Promise<readonly ModelProblem[]> {
  const models = domains.flatMap((domain) => domain.models);
  const followed = new Set((await readTouchedFiles(sqlDir, domains)).map(({ model }) => model));
  return [
    ...(await checkModels(db, models)),
    ...models
      .filter(({ name }) => !followed.has(name))
      .map(({ name }) => ({
        ...{ model: name, column: null },
        message: `${name} follows no change: run \`vitrine triggers generate\`, which writes what its changes touch or says why it cannot.`,
      })),
    ...(await judgeAnalystViews(db, domains)).problems,
  ];
}

/** What is wrong between a definition and the columns of its view. */
export function compareColumns(
  model: DocumentModel,
  columns: readonly ViewColumn[],
): readonly ModelProblem[] {
  const { name } = model;
  if (columns.length === 0) {
    const message = `${name} has no view: run \`vitrine migrate up\`, or name it as the model.`;
    return [{ model: name, column: null, message }];
  }
  const found = new Map(columns.map((column) => [column.name, column]));
  const fields = storedFields(model.fields);
  const wanted = new Map(
    fields.map(([field, spec]) => [model.columns[field] ?? field, [field, spec] as const]),
  );
  const wrong = [...wanted].flatMap(([column, [field, spec]]): ModelProblem[] => {
    const given = found.get(column);
    const reason = given ? findMisfit(spec, given) : `is missing: the view needs it for the field ${field}`;
    return reason === null ? [] : [{ model: name, column, message: `${name}.${column} ${reason}.` }];
  });
  const spare = columns
    .filter((column) => !wanted.has(column.name))
    .map((column) => ({
      model: name,
      column: column.name,
      message: `${name}.${column.name} is shown by no field: define one, or take it out of the view.`,
    }));
  return [...wrong, ...spare];
}

const whole = ["tinyint", "smallint", "mediumint", "int", "year"];
const texts = ["char", "varchar", "tinytext", "text", "mediumtext", "longtext"];
/** What has one text for each value. */
const printed = [...texts, "enum", "set", "time", "uuid", "inet4", "inet6"];

/** Why a column does not give a field's values; null: it does. */
function findMisfit(field: StoredField, { type, scale }: ViewColumn): string | null {
  const cast = (wanted: string) =>
    `is ${type}, and the field is ${field.kind}: cast it to ${wanted} in the view`;
  switch (field.kind) {
    case "int":
      return [...whole, "bigint", "decimal"].includes(type) && scale === 0 ? null : cast("int");
    case "bigint":
      return [...whole, "bigint", "decimal"].includes(type) && scale === 0 ? null : cast("bigint");
    case "decimal":
      if (type !== "decimal" && ![...whole, "bigint"].includes(type))
        return cast(`decimal(…, ${field.scale})`);
      return scale > field.scale
        ? `has ${scale} digits after the point, and the field ${field.scale}: round it in the view, or declare them`
        : null;
    case "boolean":
      return [...whole, "bigint"].includes(type) ? null : cast("tinyint(1), with 0 and 1");
    case "date":
      return type === "date" ? null : cast("date");
    case "dateTime":
      if (type !== "datetime" && type !== "timestamp") return cast("datetime(3)");
      return scale > 3 ? "is finer than a millisecond: cast it to datetime(3) in the view" : null;
    case "enumeration":
      return [...texts, "enum"].includes(type) ? null : cast("char");
    case "string":
      return printed.includes(type) ? null : cast("char");
    case "object":
    case "list":
      return texts.includes(type)
        ? null
        : "is no JSON: build it with json_object or json_arrayagg in the view";
  }
}
