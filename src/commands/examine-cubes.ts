import type { DocumentModel } from "../models/model.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { readCubes } from "./describe-cubes.ts";
import type { Finding } from "./examine.ts";

/** Whether there were questions that no roll-up covered: no problem, but something to know. */
export async function examineCubes(
  db: Pick<Queryable, "query">,
  models: readonly DocumentModel[],
): Promise<Finding> {
  const reports = await readCubes(db, models);
  const count = (all: readonly { readonly asked: number }[]) =>
    all.reduce((sum, { asked }) => sum + asked, 0);
  const uncovered = count(reports.flatMap((report) => report.uncovered));
  const covered =
    count(reports) === 0
      ? "no cube was asked in the last days"
      : "roll-ups covered every question of the last days";
  const detail =
    uncovered === 0
      ? covered
      : `${uncovered} questions of the last days were covered by no roll-up: \`vitrine cubes\` names those that would`;
  return { name: "cubes", ok: true, detail };
}
