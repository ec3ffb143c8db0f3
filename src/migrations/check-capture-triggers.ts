import { VitrineError } from "../errors.ts";
import { changeTableOf } from "../models/derived-names.ts";
import type { Domain, Project } from "../models/project.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { type CaptureTrigger, generateCaptureTriggers } from "./capture-triggers.ts";
import { readOrphanedObjects } from "./lost-definers.ts";
import { maskSql } from "./sql-text.ts";

/** Something about the triggers of this database that would lose changes or slow writers down. */
export interface TriggerProblem {
  readonly trigger: string;
  readonly table: string;
  /** `altered`: the table itself is not as it was when its triggers were generated, or gone. */
  readonly kind: "altered" | "missing" | "mute" | "differs" | "insert-select" | "no-definer";
  /** A sentence that names the trigger and the remedy. */
  readonly message: string;
}

/**
 * Compares the capture triggers in the server with the tables and declarations of the project; looks for
 * triggers that log changes by `insert … select`, which locks out every other writer, and for triggers
 * whose definer does not exist, which make every write of their table fail. Needs the rights of an
 * administrator: others do not see triggers.
 * @returns an empty list when all is well.
 */
export async function checkCaptureTriggers(
  db: Queryable,
  project: Pick<Project, "domains">,
): Promise<readonly TriggerProblem[]> {
  const found = await db.query<{ name: string; table: string; event: string; timing: string; body: string }>(
    `select trigger_name as name, event_object_table as \`table\`, lower(event_manipulation) as event,
      lower(action_timing) as timing, action_statement as body
    from information_schema.triggers where trigger_schema = database() order by trigger_name`,
  );
  const problems: TriggerProblem[] = [];
  const byName = new Map(found.map((trigger) => [trigger.name, trigger]));
  for (const domain of project.domains)
    for (const expected of await generateOrTell(db, domain, problems)) {
      const { name: trigger, table, event } = expected;
      const there = byName.get(trigger);
      if (there === undefined)
        problems.push({
          trigger,
          table,
          kind: "missing",
          message: `Trigger ${trigger} is missing, so this kind of write to ${table} is lost to the mirror. Run \`vitrine migrate up\`, then \`vitrine rebuild\`.`,
        });
      else if (
        there.table !== table ||
        there.event !== event ||
        there.timing !== "after" ||
        !insertsInto(changeTableOf(table)).test(maskSql(there.body))
      )
        problems.push({
          trigger,
          table,
          kind: "mute",
          message: `Trigger ${trigger} does not log each ${event} on ${table}, so such writes are lost to the mirror. Run \`vitrine migrate up\`, then \`vitrine rebuild\`.`,
        });
      else if (plainBody(there.body) !== plainBody(expected.body))
        problems.push({
          trigger,
          table,
          kind: "differs",
          message: `Trigger ${trigger} is not what the columns of ${table} and the declaration ask for. Run \`vitrine triggers generate\`, then \`vitrine migrate up\`.`,
        });
    }
  for (const { name: trigger, table, body } of found)
    if (/\binsert\s+(?:\w+\s+)*`?vitrine_change_[^;]*\bselect\b/i.test(maskSql(body)))
      problems.push({
        trigger,
        table,
        kind: "insert-select",
        message: `Trigger ${trigger} logs changes by \`insert … select\`, which makes all writers wait for each other. Write \`insert … values\`.`,
      });
  return [...problems, ...(await findLostDefiners(db))];
}

/** The triggers of a domain; of a table that has not what they log any more, a problem. */
async function generateOrTell(
  db: Queryable,
  { name, captured = [] }: Pick<Domain, "name" | "captured">,
  problems: TriggerProblem[],
): Promise<readonly CaptureTrigger[]> {
  const triggers: CaptureTrigger[] = [];
  for (const one of captured)
    try {
      triggers.push(...(await generateCaptureTriggers(db, { name, captured: [one] })));
    } catch (error) {
      if (!(error instanceof VitrineError)) throw error;
      const { table } = one;
      const message = `${error.message} If its owner altered it: run \`vitrine mend\`.`;
      problems.push({ trigger: `of ${table}`, table, kind: "altered", message });
    }
  return triggers;
}

const insertsInto = (table: string): RegExp =>
  new RegExp(`\\binsert\\b[^;]*(?<![\\w$])${table.replaceAll(/[^\w]/g, "\\$&")}(?![\\w$])`, "i");

const plainBody = (text: string): string => text.replace(/\s+/g, " ").replace(/;\s*$/, "").trim();

async function findLostDefiners(db: Queryable): Promise<readonly TriggerProblem[]> {
  return (await readOrphanedObjects(db)).flatMap(({ kind, name: trigger, table, definer }) => {
    if (kind !== "trigger" || table === null) return [];
    const message = `Trigger ${trigger} belongs to the account ${definer}, which does not exist, so every write to ${table} fails. Run \`vitrine migrate up\`, which makes those of the project again, or create the account.`;
    return [{ trigger, table, kind: "no-definer", message } as const];
  });
}

/**
 * One hash of all triggers, cheap enough to ask for every few seconds, also as the loader: when it differs
 * from the one before, ask checkCaptureTriggers. Null when there are none.
 */
export async function readTriggerFingerprint(db: Queryable): Promise<string | null> {
  const [row] = await db.query<{ hash: string | null }>("select vitrine_read_trigger_fingerprint() as hash");
  return row?.hash ?? null;
}
