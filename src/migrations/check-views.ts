import { deriveTouched } from "../derive/derive-touched.ts";
import { readKnownTables, readShapes, type ShapedRelation } from "../derive/read-shapes.ts";
import { touchedViewOf } from "../models/derived-names.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Domain } from "../models/project.ts";
import { storedFields } from "../stores/conversion/stored-fields.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { checkModels, type ModelProblem } from "./check-models.ts";
import { findWrongParts } from "./check-parts.ts";
import { withByHand } from "./generate-touched.ts";
import { readTouchedFiles, type TouchedFile } from "./touched-files.ts";

/**
 * What is wrong between each definition and its view in the current database, the parts of JSON included, and whether a
 * change finds its documents. Makes and drops views of its own.
 */
export async function checkViews(
  db: Queryable,
  { sqlDir, domains }: { readonly sqlDir: string; readonly domains: readonly Domain[] },
  models: readonly DocumentModel[],
): Promise<readonly ModelProblem[]> {
  const problems = [...(await checkModels(db, models))];
  const files = await readTouchedFiles(sqlDir, domains);
  const tables = await readKnownTables(db);
  const there = await readViewNames(db);
  for (const model of models) {
    const relation = await readShapes(db, model.name, tables);
    if (relation === undefined) continue;
    problems.push(...checkJson(model, relation));
    const domain = domains.find((one) => one.models.includes(model))?.name ?? "";
    problems.push(...checkTouched(model, relation, { domain, files, there }));
  }
  return problems;
}

async function readViewNames(db: Queryable): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ name: string }>(
    "select table_name as name from information_schema.views where table_schema = database()",
  );
  return new Set(rows.map(({ name }) => name.toLowerCase()));
}

function checkJson(model: DocumentModel, { columns, typeOf }: ShapedRelation): readonly ModelProblem[] {
  return storedFields(model.fields).flatMap(([name, field]) => {
    if (field.kind !== "object" && field.kind !== "list") return [];
    const column = columns.find((one) => one.name === model.columns[name]);
    if (column === undefined || column.shape.kind === "leaf") return [];
    const path = `${model.name}.${column.name}`;
    return findWrongParts(field, column.shape, typeOf, path).map(
      (message): ModelProblem => ({ model: model.name, column: column.name, message: `${message}.` }),
    );
  });
}

interface Touched {
  readonly domain: string;
  readonly files: readonly TouchedFile[];
  readonly there: ReadonlySet<string>;
}

/** Whether there is a view for every table whose changes touch documents. */
function checkTouched(
  model: DocumentModel,
  { known }: ShapedRelation,
  { domain, files, there }: Touched,
): readonly ModelProblem[] {
  const { name: view } = model;
  const own = files.filter((file) => file.model === view && !file.isGenerated);
  const keyColumn = model.columns[model.key] ?? "";
  const columns = Object.values(model.columns);
  const { views, catalogue } = known;
  const found = deriveTouched({ view, keyColumn, columns, views, catalogue });
  const problem = (message: string): ModelProblem => ({ model: view, column: null, message });
  if (found.kind === "refused")
    return own.length > 0 ? [] : [problem(withByHand(found.reason, view, domain))];
  return found.tables.flatMap(({ table }) => {
    const named = own.find((file) => file.source === table)?.view ?? touchedViewOf(view, table);
    return there.has(named.toLowerCase())
      ? []
      : [
          problem(
            `${view} does not follow the changes of ${table}: run \`vitrine triggers generate\`, then \`vitrine migrate up\`.`,
          ),
        ];
  });
}
