import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import { isRollUp } from "../models/roll-up.ts";
import { readHistoryStart } from "../stores/history/history-start.ts";
import {
  expandView,
  findTablesWithoutHistory,
  readSchemaTexts,
  type SchemaTexts,
} from "../stores/history/schema-texts.ts";
import { type MariaDb, quoteName } from "../stores/mariadb/mariadb.ts";
import type { Finding } from "./examine.ts";

/**
 * How far back the past goes, and the models that have none, with the statements that would give it to them: a past is its
 * owner's choice, so that they lack one is no problem.
 */
export async function examineHistory(
  admin: MariaDb,
  models: readonly DocumentModel[],
): Promise<readonly Finding[]> {
  const { first, byTransaction } = await readHistoryStart(admin);
  const name = "history";
  const begin: Finding =
    byTransaction.length === 0
      ? { name, ok: true, detail: first ? `asOf goes back to ${first}` : "nothing is written yet" }
      : {
          ...{ name, ok: false },
          detail: `${byTransaction.join(", ")}: versioned by transaction, so one killed write can end all writes of this server (error 4133), and no replica gets them; give them timestamps, see docs/how-to/time-travel.md`,
        };
  const texts = await readSchemaTexts(admin);
  const without = models
    .filter((model) => !isRollUp(model) && texts.views.has(model.name))
    .flatMap(({ name }) => {
      const tables = findTablesWithoutHistory(texts, name);
      const why = tables.length > 0 ? tables.join(", ") : findRefusal(texts, name);
      return why === null ? [] : [{ told: `${name} (${why})`, tables }];
    });
  if (without.length === 0) return [begin];
  const tables = [...new Set(without.flatMap((one) => one.tables))].sort();
  const statements = tables.map((table) => `alter table ${quoteName(table)} add system versioning;`);
  const remedy =
    statements.length === 0 ? "" : `; what gives tables a past from then on: ${statements.join(" ")}`;
  const detail = `asOf refuses ${without.map(({ told }) => told).join(", ")}${remedy}`;
  return [begin, { name: "models without a past", ok: true, detail }];
}

/** Why a view cannot be read as of a moment though all of its tables have a past; null: it can. */
function findRefusal(texts: SchemaTexts, view: string): string | null {
  try {
    expandView(texts, view, () => "true");
    return null;
  } catch (error) {
    if (error instanceof VitrineError) return error.message;
    throw error;
  }
}
