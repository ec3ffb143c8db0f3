import { readChangeTables } from "../core/change-tables.ts";
import { readHeldLeases } from "../core/lease.ts";
import { isLogged, runnerTables } from "../core/runner-tables.ts";
import { VitrineError } from "../errors.ts";
import { engineDomain, enginePrefix } from "../models/engine-names.ts";
import type { NamedDomain } from "../models/list-names.ts";
import { type MariaDb, type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { type MadeKind, readMadeObjects } from "./made-objects.ts";
import { type MigrationPlan, objectOf, readMigrationPlan, wasBegun } from "./migration-plan.ts";
import { objectId } from "./server-objects.ts";
import { maskSql, mentions } from "./sql-text.ts";

/** An object of the database that is dropped. */
export interface DroppedObject {
  readonly kind: MadeKind;
  readonly name: string;
}

export interface Uninstallation {
  /** In their order. */
  readonly dropped: readonly DroppedObject[];
  /** What stays though migrations of the project made it, in a sentence each. */
  readonly left: readonly string[];
}

/** Whoever writes is free first; what reads goes before what is read. */
const order: readonly MadeKind[] = ["trigger", "view", "procedure", "function", "table"];

/**
 * Says what Vitrine made in a database, as its log of migrations tells. What a migration of a domain made stays: it
 * may hold rows of somebody; so does what was changed by hand since. Changes nothing.
 * @throws VitrineError MIGRATION_FAILED when there is nothing of Vitrine's, when a loader or gateway is at work, or when
 *   something that stays needs what would be dropped
 */
export async function planUninstall(
  db: Queryable,
  { sqlDir, domains }: { readonly sqlDir: string; readonly domains: readonly NamedDomain[] },
): Promise<Uninstallation> {
  if (!(await isLogged(db))) throw refuse("The database has nothing of Vitrine's.");
  const held = await readHeldLeases(db);
  if (held.length > 0)
    throw refuse(
      `Somebody is at work: ${held.map(({ name, holder }) => `${name} (${holder})`).join(", ")}. Stop loaders, schedules and migrations first.`,
    );
  const plan = await readMigrationPlan(db, sqlDir, domains);
  const { objects, left } = listRepeatable(plan);
  const dropped = [...objects, ...(await listTables(db, plan))]
    .filter(({ kind, name }) => plan.server.has(objectId(kind, name)))
    .sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
  const uses = await findUses(db, dropped);
  if (uses.length > 0)
    throw refuse(
      `What stays needs what would be dropped:\n${uses.map((one) => `  ${one}`).join("\n")}\nNothing was changed. Drop or change these first.`,
    );
  return { dropped, left: [...left, ...listOfDomains(plan)] };
}

/** Drops what was planned, the log of it last: a run that is killed is finished by the next. */
export async function uninstall(
  admin: MariaDb,
  { dropped }: Uninstallation,
  onDropped: (object: DroppedObject) => void = () => {},
): Promise<void> {
  const isLast = ({ kind, name }: DroppedObject) => kind === "table" && name in runnerTables;
  for (const object of [...dropped.filter((one) => !isLast(one)), ...dropped.filter(isLast)]) {
    await admin.run(`drop ${object.kind} if exists ${quoteName(object.name)}`);
    onDropped(object);
  }
}

const refuse = (problem: string): VitrineError => new VitrineError("MIGRATION_FAILED", problem);

/** Views, routines and triggers. */
function listRepeatable(plan: MigrationPlan): { objects: DroppedObject[]; left: string[] } {
  const objects: DroppedObject[] = [];
  const left: string[] = [];
  for (const { name: file, kind, fingerprint } of plan.applied.values()) {
    if (kind === "versioned") continue;
    const name = objectOf(file);
    const there = plan.server.get(objectId(kind, name));
    if (there === undefined) continue;
    if (fingerprint === null || fingerprint === there) objects.push({ kind, name });
    else left.push(`${kind} ${name}: it was changed by hand since ${file} was applied`);
  }
  return { objects, left };
}

/** What the engine's migrations made, and the change tables. Those of the log itself come last. */
async function listTables(db: Queryable, plan: MigrationPlan): Promise<readonly DroppedObject[]> {
  const made = plan.files.flatMap((file) =>
    file.kind === "versioned" && file.domain === engineDomain && wasBegun(plan, file)
      ? readMadeObjects(file.text).filter(({ action }) => action === "create")
      : [],
  );
  const changes = plan.server.has(objectId("table", "vitrine_captured_table"))
    ? (await readChangeTables(db)).map(({ name }) => name)
    : [];
  const tables = new Map<string, DroppedObject>();
  for (const name of changes) tables.set(objectId("table", name), { kind: "table", name });
  for (const { kind, object: name } of made) tables.set(objectId(kind, name), { kind, name });
  for (const name of Object.keys(runnerTables)) tables.set(objectId("table", name), { kind: "table", name });
  return [...tables.values()];
}

/** What migrations of domains made: tables, with whatever is in them. */
const listOfDomains = (plan: MigrationPlan): readonly string[] =>
  plan.files.flatMap((file) =>
    file.kind === "versioned" && file.domain !== engineDomain && wasBegun(plan, file)
      ? readMadeObjects(file.text)
          .filter(
            ({ action, kind, object }) => action === "create" && plan.server.has(objectId(kind, object)),
          )
          .map(({ kind, object }) => `${kind} ${object}: ${file.name} made it, and it may hold rows of yours`)
      : [],
  );

/** What is not dropped, and names what is: whoever writes there would fail. */
async function findUses(db: Queryable, dropped: readonly DroppedObject[]): Promise<readonly string[]> {
  const rows = await db.query<{ kind: MadeKind; name: string; text: string | null }>(
    `select 'trigger' as kind, trigger_name as name, action_statement as text
    from information_schema.triggers where trigger_schema = database()
    union all
    select lower(routine_type), routine_name, routine_definition
    from information_schema.routines where routine_schema = database()
    union all
    select 'view', table_name, view_definition from information_schema.views where table_schema = database()
    union all
    select 'event', event_name, event_definition from information_schema.events where event_schema = database()`,
  );
  const gone = new Set(dropped.map(({ kind, name }) => objectId(kind, name)));
  const names = dropped.filter(({ kind }) => kind !== "trigger").map(({ name }) => name);
  return rows
    .filter(({ kind, name }) => !gone.has(objectId(kind, name)))
    .flatMap(({ kind, name, text }) => {
      const masked = maskSql(text ?? "");
      const used = names.find((one) =>
        one.startsWith(enginePrefix) ? mentions(masked, one) : isRead(masked, one),
      );
      return used === undefined ? [] : [`${kind} ${name} names ${used}`];
    });
}

/** Whether a text reads or calls an object of a name that columns may have too. */
const isRead = (masked: string, name: string): boolean =>
  new RegExp(
    `\\b(?:from|join|into|update|call)\\s+\\(*(?:\`[^\`]+\`\\.)?(?:\`${name}\`|${name}(?![\\w$.]))`,
    "i",
  ).test(masked);
