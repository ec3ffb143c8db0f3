import { noteFingerprint } from "../core/capture-notes.ts";
import { applyEngineAgain, readFilledAt } from "../core/migration-log.ts";
import { beginNewLife } from "../core/new-life.ts";
import { readPosition } from "../core/position.ts";
import { isLogged } from "../core/runner-tables.ts";
import { messageOf } from "../errors.ts";
import { readTriggerFingerprint } from "../migrations/check-capture-triggers.ts";
import { findLostObjects, isOfEngineMigrations } from "../migrations/lost-objects.ts";
import { readMigrationPlan } from "../migrations/migration-plan.ts";
import { checkIdentity } from "../mirror/guard/check-identity.ts";
import { readHistoryStart, readRegistryStart } from "../stores/history/history-start.ts";
import { largestOf, readApplied } from "../stores/mongodb/mirror-records.ts";
import { describeLost, type RestoreFinding, toHistoryFinding } from "./describe-restored.ts";
import type { App, Source } from "./open-app.ts";
import { findLostAccounts, listNamedAccounts, makeMissingRoles } from "./restored-accounts.ts";

export interface RestoredOptions {
  /** Opens MongoDB too. It may be away: then loaders compare positions when they start. */
  readonly openMirror: () => Promise<App>;
  /** Brings the database to what the SQL files say. */
  readonly migrate: () => Promise<unknown>;
  /** Look only, change nothing. */
  readonly dryRun?: boolean;
  /**
   * The copy has every commit that there was, as whoever restored it knows: its life goes on and nothing is rebuilt, unless
   * positions tell otherwise.
   */
  readonly isWhole?: boolean;
}

/**
 * Looks at a database that was restored from a copy: what the log of migrations says and the copy lacks, owners and roles
 * that this server does not have, and how far its history reaches. Makes again what is the project's, and begins a new life
 * of the database, so that no position and no token of what was lost is taken for one of what is written from now on:
 * every mirror is rebuilt by the next loader. Can be run again at any time.
 */
export async function mendRestored(
  source: Source,
  options: RestoredOptions,
): Promise<readonly RestoreFinding[]> {
  const { admin, project } = source;
  if (!(await isLogged(admin)))
    return [
      {
        name: "log of migrations",
        state: "problem",
        detail:
          "this database has none: nothing of Vitrine's was restored here. Restore a copy of the whole database, or run `vitrine migrate up` on a new one",
      },
    ];
  const look = async () =>
    findLostObjects(admin, await readMigrationPlan(admin, project.sqlDir, project.domains));
  // Before anything is made: its tables tell when they were.
  const filledAt = await readFilledAt(admin);
  const registryStart = await readRegistryStart(admin);
  const history = toHistoryFinding({ ...(await readHistoryStart(admin)), filledAt, registryStart });
  const before = await look();
  const isBeyondUs = before.missing.some(({ remedy }) => remedy === "kept-by-owner");
  if (options.dryRun || isBeyondUs) return [...describeLost(before, before), history];
  const accounts = listNamedAccounts(source);
  const roles = await makeMissingRoles(source, accounts);
  // Each of the engine's migrations can be run again; which of them made a table is only half of what it is by now.
  if (isOfEngineMigrations(before)) await applyEngineAgain(admin);
  await options.migrate();
  const findings = describeLost(before, await look());
  const life = await decideLife(source, options);
  const refused = await findLostAccounts(source, accounts);
  return [
    ...findings,
    ...(roles.length > 0
      ? [
          {
            name: "roles",
            state: "mended",
            detail: `${roles.join(", ")}: made again, with their rights`,
          } as const,
        ]
      : []),
    ...refused.map((detail) => ({ name: "accounts", state: "problem", detail }) as const),
    history,
    life,
  ];
}

async function decideLife(source: Source, { openMirror, isWhole }: RestoredOptions): Promise<RestoreFinding> {
  const name = "mirror";
  const { admin, project } = source;
  const models = project.domains.flatMap((domain) => domain.models);
  // What is in MongoDB may be older, or of the time that was lost.
  const mirror = await openMirror().catch((error: unknown) => messageOf(error));
  try {
    if (isWhole) {
      if (typeof mirror === "string")
        return { name, state: "problem", detail: `positions cannot be compared: ${mirror}` };
      const loss = await checkIdentity(admin, mirror.mongo, models);
      const detail = loss ? loss.reason : "its positions go on where the copy's end; nothing is rebuilt";
      return { name, state: loss ? "mended" : "whole", detail };
    }
    const applied = typeof mirror === "string" ? mirror : await readApplied(mirror.mongo).catch(messageOf);
    const largest = typeof applied === "string" ? 0n : largestOf(applied);
    const { incarnation } = await readPosition(admin);
    // First: what is not captured from here on shows, and what was not before is in the rebuild.
    await noteFingerprint(admin, await readTriggerFingerprint(admin));
    await beginNewLife(admin, null, incarnation, largest);
    const { n } = await readPosition(admin);
    const doubt =
      typeof applied === "string"
        ? `; MongoDB did not answer (${applied}), so loaders compare positions when they start`
        : "";
    const detail = `a new life of the database begins at position ${n}: the next loader rebuilds every model, and tokens of before are answered live${doubt}`;
    return { name, state: "mended", detail };
  } finally {
    if (typeof mirror !== "string") await mirror.close();
  }
}
