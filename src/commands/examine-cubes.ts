import type { DocumentModel } from "../models/model.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { readCubes } from "./describe-cubes.ts";
import type { Finding } from "./examine.ts";

/** Whether there were questions that no roll-up covered: no problem, but something to know. */
export async function examineCubes(
  db: Pick<Queryable, "query">,
  models: readonly DocumentModel[],
): Promise<Finding> {
  const uncovered = (await readCubes(db, models)).flatMap((report) => report.uncovered);
  const asked = uncovered.reduce((sum, group) => sum + group.asked, 0);
  const detail =
    asked === 0
      ? "roll-ups covered every question of the last days"
      : `${asked} questions of the last days were covered by no roll-up: \`vitrine cubes\` names those that would`;
  return { name: "cubes", ok: true, detail };
}
