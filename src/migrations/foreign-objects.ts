import { runnerTables } from "../core/runner-tables.ts";
import { VitrineError } from "../errors.ts";
import { type MadeKind, readMadeObjects } from "./made-objects.ts";
import { type MigrationPlan, objectOf, wasBegun } from "./migration-plan.ts";
import { objectId } from "./server-objects.ts";

/**
 * Refuses to go on where the database has objects that no migration made, of names that files of the project would
 * replace, drop or take for their own. Changes nothing.
 * @throws VitrineError MIGRATION_FAILED that names each, and the file
 */
export function refuseForeignObjects(plan: MigrationPlan): void {
  const objects = findForeignObjects(plan);
  if (objects.length === 0) return;
  throw new VitrineError(
    "MIGRATION_FAILED",
    `The database has what no migration of this project made:\n${objects.map((one) => `  ${one}`).join("\n")}\nNothing was changed. Give these, or those of the files, other names; what is meant to be shared needs no file.`,
    { details: { objects } },
  );
}

function findForeignObjects(plan: MigrationPlan): readonly string[] {
  const ours = listOwnObjects(plan);
  const objects = new Set<string>();
  const refuse = (kind: MadeKind, object: string, does: string) => {
    const found = findOthers(plan, kind, object).find((id) => !ours.has(id));
    if (found !== undefined) objects.add(`${found}: ${does}`);
  };
  for (const file of plan.files) {
    if (wasBegun(plan, file)) continue;
    if (file.kind !== "versioned") refuse(file.kind, file.object, `${file.name} would replace it`);
    else
      for (const { action, kind, object } of readMadeObjects(file.text)) {
        refuse(kind, object, `${file.name} would ${action === "drop" ? "drop it" : "take it for its own"}`);
        if (action === "create") ours.add(objectId(kind, object));
      }
  }
  return [...objects];
}

/** The objects of the database that stand where one of this kind and name would: tables and views share their names. */
function findOthers({ server }: MigrationPlan, kind: MadeKind, object: string): readonly string[] {
  const kinds: readonly MadeKind[] = kind === "table" || kind === "view" ? ["table", "view"] : [kind];
  return kinds.map((one) => objectId(one, object)).filter((id) => server.has(id));
}

/** What earlier runs made, or were about to make, as the log says. */
function listOwnObjects(plan: MigrationPlan): Set<string> {
  // The log knew its own table, and the leases', by their columns.
  const ours = new Set(Object.keys(runnerTables).map((table) => objectId("table", table)));
  for (const { name, kind } of plan.applied.values())
    if (kind !== "versioned") ours.add(objectId(kind, objectOf(name)));
  for (const file of plan.files)
    if (file.kind === "versioned" && wasBegun(plan, file))
      for (const { action, kind, object } of readMadeObjects(file.text))
        if (action === "create") ours.add(objectId(kind, object));
  return ours;
}
