import type { DocumentModel } from "../models/model.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { shapeHash } from "../stores/mongodb/mirror-schema.ts";
import type { OrderedFile } from "./dependency-order.ts";
import { objectId, readServerObjects } from "./migration-log.ts";
import type { MigrationPlan } from "./migration-plan.ts";

/**
 * The models that are mirrored as views and functions said that are others now: by what the server makes of the files
 * that were applied just now, so a new comment is no change. Not those whose shape changes too: whoever adopts the
 * shape has them rebuilt, and until then the mirror is right for those who know the one before.
 * @param applied files of this run; their fingerprints are not noted yet
 * @param models as this release defines them
 */
export async function findOutdatedModels(
  db: Queryable,
  plan: MigrationPlan,
  applied: readonly OrderedFile[],
  models: readonly DocumentModel[],
): Promise<readonly string[]> {
  const now = await readServerObjects(db);
  const isChanged = (file: OrderedFile) => {
    const id = objectId(file.kind, file.object);
    const before = plan.server.get(id);
    const row = plan.applied.get(file.name);
    // By hand, and put right now; or by a run that did not come to its end, which left no fingerprint.
    if (row && before !== row.fingerprint) return true;
    return before !== undefined && before !== now.get(id);
  };
  const changed = new Set(
    applied
      .filter((file) => file.kind === "view" || file.kind === "function")
      .filter(isChanged)
      .map((file) => file.object.toLowerCase()),
  );
  // In the order of application, each after what it names.
  for (const file of plan.files)
    if (file.kind !== "versioned" && [...file.uses].some((name) => changed.has(name.toLowerCase())))
      changed.add(file.object.toLowerCase());
  if (changed.size === 0) return [];
  const shapes = new Map(models.map((model) => [model.name, shapeHash(model)]));
  const rows = await db.query<{ model: string; shape: string }>(
    "select model, shape_hash as shape from mirror_state order by model",
  );
  return rows
    .filter(({ model }) => changed.has(model) || changed.has(`${model}_touched`))
    .filter(({ model, shape }) => (shapes.get(model) ?? shape) === shape)
    .map(({ model }) => model);
}
