import { findLineage } from "../derive/lineage.ts";
import { readViewTexts } from "../derive/read-view-texts.ts";
import { analystPrefix } from "../models/engine-names.ts";
import type { NamedDomain } from "../models/list-names.ts";
import { findPersonal } from "../models/personal-columns.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { ModelProblem } from "./check-models.ts";

/** The views of analysts that are in the database. */
export interface AnalystViews {
  /** Those that show no personal data, by name: analysts may read these. */
  readonly shown: readonly string[];
  /** What is wrong with the others. */
  readonly problems: readonly ModelProblem[];
}

/**
 * Tells which views `bi_…` analysts may read: those of which the text says that no column is computed from one that a
 * domain calls personal. Costs some milliseconds per view; nothing where there is none.
 */
export async function judgeAnalystViews(
  db: Pick<Queryable, "query">,
  domains: readonly NamedDomain[],
): Promise<AnalystViews> {
  const rows = await db.query<{ name: string }>(
    `select table_name as name from information_schema.views
    where table_schema = database() and table_name like ? order by table_name`,
    [`${analystPrefix.replaceAll("_", "\\_")}%`],
  );
  const names = rows.map(({ name }) => name);
  if (names.length === 0) return { shown: [], problems: [] };
  const isPersonal = findPersonal(domains);
  const texts = await readViewTexts(db, names);
  const problems = names.flatMap((view): readonly ModelProblem[] => {
    const lineage = findLineage(view, texts);
    if (lineage === null) {
      const message = `${view} is not shown to analysts: its text is not understood, so it may show personal data. Write it with simpler SQL.`;
      return [{ model: view, column: null, message }];
    }
    return [...lineage].flatMap(([column, { columns }]) => {
      const source = [...columns].find(isPersonal);
      const message = `${view} is not shown to analysts: its column ${column} is computed from ${source}, which is personal. Leave it out.`;
      return source === undefined ? [] : [{ model: view, column, message }];
    });
  });
  const hidden = new Set(problems.map(({ model }) => model));
  return { shown: names.filter((name) => !hidden.has(name)), problems };
}
