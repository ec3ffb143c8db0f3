import { readKnownFingerprint } from "../core/capture-notes.ts";
import { type Queryable, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import { readTriggerFingerprint } from "./check-capture-triggers.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import { objectId } from "./server-objects.ts";
import { isRoutineMissing } from "./sources.ts";

const NO_SUCH_TABLE = 1146;

/**
 * Whether a trigger that logs changes was dropped or changed by hand since it was applied: nobody knows what was
 * written meanwhile, and once it is back nothing shows that it ever was gone.
 */
export function wasCaptureLost(plan: MigrationPlan, file: MigrationPlan["files"][number]): boolean {
  if (file.kind !== "trigger" || !/\bvitrine_change_/.test(file.text)) return false;
  const fingerprint = plan.applied.get(file.name)?.fingerprint ?? null;
  return fingerprint !== null && plan.server.get(objectId(file.kind, file.object)) !== fingerprint;
}

/**
 * Whether the triggers are those that a loader last found whole. Not before the first look; nor where the tables or
 * functions of the engine are missing, as in a database that was restored from a dump without routines.
 */
export async function isCaptureAsNoted(db: Queryable): Promise<boolean> {
  try {
    const known = await readKnownFingerprint(db);
    return known !== undefined && known === (await readTriggerFingerprint(db));
  } catch (error) {
    if (isRoutineMissing(error) || sqlErrorOf(error)?.errno === NO_SUCH_TABLE) return false;
    throw error;
  }
}

/** Which triggers log changes, and on which tables, as one text. */
export async function readCaptureTriggers(db: Queryable): Promise<string> {
  const triggers = await db.query(
    `select trigger_name as name, event_object_table as \`table\` from information_schema.triggers
    where trigger_schema = database() and action_statement like '%vitrine\\_change\\_%' order by trigger_name`,
  );
  return JSON.stringify(triggers);
}
