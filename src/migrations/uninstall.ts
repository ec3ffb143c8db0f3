import { readChangeTables } from "../core/change-tables.ts";
import { readHeldLeases } from "../core/lease.ts";
import { isLogged, runnerTables } from "../core/runner-tables.ts";
import { VitrineError } from "../errors.ts";
import { engineDomain } from "../models/engine-names.ts";
import type { NamedDomain } from "../models/list-names.ts";
import { type MariaDb, type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import { runBriefly } from "./brief-locks.ts";
import { type MadeKind, readMadeObjects } from "./made-objects.ts";
import { migrationLease, withMigrationLease } from "./migration-lease.ts";
import { domainOf, type MigrationPlan, objectOf, readMigrationPlan, wasBegun } from "./migration-plan.ts";
import { objectId } from "./server-objects.ts";
import { type DroppedObject, findUses } from "./uninstall-uses.ts";

export interface Uninstallation {
  /** In their order. */
  readonly dropped: readonly DroppedObject[];
  /** What stays though migrations of the project made it, in a sentence each. */
  readonly left: readonly string[];
}

/** The project whose migrations made it. */
export interface InstalledProject {
  readonly sqlDir: string;
  readonly domains: readonly NamedDomain[];
}

/** Whoever writes is free first; what reads goes before what is read. */
const order: readonly MadeKind[] = ["trigger", "view", "procedure", "function", "table"];

/**
 * Says what Vitrine made in a database, as its log of migrations tells. What a migration of a domain made stays: it
 * may hold rows of somebody; so does what was changed by hand since. Changes nothing.
 * @throws VitrineError MIGRATION_FAILED when there is nothing of Vitrine's, when a loader, a schedule or a migration is
 *   at work (a gateway alone is not known), when other projects made something too, or when something that stays needs
 *   what would be dropped
 */
export const planUninstall = (db: Queryable, project: InstalledProject): Promise<Uninstallation> =>
  planBeside(db, project, () => false);

/**
 * Drops what planUninstall says, with the right to migrate, the log of it last: a run that is killed is finished by the
 * next.
 * @throws VitrineError those of planUninstall, before anything is dropped; MIGRATION_LOCKED while another migrates;
 *   MIGRATION_FAILED naming a table that somebody's transaction holds for long
 */
export async function uninstall(
  admin: MariaDb,
  project: InstalledProject,
  onDropped: (object: DroppedObject) => void = () => {},
): Promise<Uninstallation> {
  // Before the lease, which has a table of Vitrine's.
  if (!(await isLogged(admin))) throw refuseNothing();
  return withMigrationLease(admin, { waitMs: 10_000 }, async ({ connection, prolong }) => {
    const plan = await planBeside(connection, project, (lease) => lease === migrationLease);
    const isLast = ({ kind, name }: DroppedObject) => kind === "table" && name in runnerTables;
    for (const object of plan.dropped.filter((one) => !isLast(one))) {
      await prolong();
      const named = `${object.kind} ${object.name}`;
      await runBriefly(connection, {
        name: named,
        sql: `drop ${object.kind} if exists ${quoteName(object.name)}`,
      });
      onDropped(object);
    }
    const last = plan.dropped.filter(isLast);
    // In one statement: of a half of them nobody could tell that it is ours.
    if (last.length > 0)
      await connection.run(`drop table if exists ${last.map(({ name }) => quoteName(name)).join(", ")}`);
    for (const object of last) onDropped(object);
    return plan;
  });
}

/** @param isOwnLease whether a lease is of who asks */
async function planBeside(
  db: Queryable,
  { sqlDir, domains }: InstalledProject,
  isOwnLease: (name: string) => boolean,
): Promise<Uninstallation> {
  if (!(await isLogged(db))) throw refuseNothing();
  const held = (await readHeldLeases(db)).filter(({ name }) => !isOwnLease(name));
  if (held.length > 0)
    throw refuse(
      `Somebody is at work: ${held.map(({ name, holder }) => `${name} (${holder})`).join(", ")}. Stop loaders, schedules and migrations first.`,
    );
  const plan = await readMigrationPlan(db, sqlDir, domains);
  refuseOtherDomains(plan, domains);
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

/** Their views would go, and their tables would be named by nobody. */
function refuseOtherDomains(plan: MigrationPlan, domains: readonly NamedDomain[]): void {
  const known = new Set([engineDomain, ...domains.map(({ name }) => name)]);
  const others = [...plan.applied.keys()].filter((name) => !known.has(domainOf(name)));
  if (others.length === 0) return;
  const names = [...new Set(others.map(domainOf))].sort().join(", ");
  const more = others.length > 3 ? " and others" : "";
  throw refuse(
    `Domains that this project lacks made something here too: ${names} (${others.slice(0, 3).join(", ")}${more}). Nothing was changed. Run it in a project that has all of them.`,
  );
}

const refuseNothing = (): VitrineError => refuse("The database has nothing of Vitrine's.");

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
