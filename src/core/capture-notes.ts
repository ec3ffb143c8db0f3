import { type Queryable, sqlErrorOf } from "../stores/mariadb/mariadb.ts";

/** The tables `vitrine_capture` and `vitrine_source`: how triggers, tables and views were when the mirror was made. */

/** `table order` → what decides which rows it has and what they say, as JSON; the same of views and routines. */
export type Sources = ReadonlyMap<string, string>;

const NO_SUCH_TABLE = 1146;

/** The hash of all triggers when a loader last found them whole; undefined before its first check. */
export async function readKnownFingerprint(db: Queryable): Promise<string | null | undefined> {
  const [row] = await db.query<{ hash: string | null }>(
    "select trigger_fingerprint as hash from vitrine_capture",
  );
  return row && (row.hash ?? null);
}

/** Notes that capture is whole with triggers of this hash. */
export async function noteFingerprint(db: Pick<Queryable, "run">, fingerprint: string | null): Promise<void> {
  await db.run("replace into vitrine_capture (capture_id, trigger_fingerprint) values (1, ?)", [fingerprint]);
}

/** What was there when the mirror was made; undefined in a database that has no place to note it yet. */
export async function readNotedSources(db: Queryable): Promise<Sources | undefined> {
  try {
    const rows = await db.query<{ kind: string; name: string; says: string }>(
      "select kind, name, says from vitrine_source",
    );
    return new Map(rows.map(({ kind, name, says }) => [`${kind} ${name}`, says]));
  } catch (error) {
    if (sqlErrorOf(error)?.errno === NO_SUCH_TABLE) return undefined;
    throw error;
  }
}

/** Notes these objects as they are `now`; those that are not there any more are forgotten. */
export async function noteSources(
  db: Pick<Queryable, "run">,
  objects: readonly string[],
  now: Sources,
): Promise<void> {
  const there = objects.flatMap((object) => {
    const says = now.get(object);
    return says === undefined ? [] : [[...splitSource(object), says]];
  });
  const gone = objects.filter((object) => !now.has(object)).map(splitSource);
  if (there.length > 0) await db.run("replace into vitrine_source (kind, name, says) values ?", [there]);
  if (gone.length > 0) await db.run("delete from vitrine_source where (kind, name) in (?)", [gone]);
}

/** Kind and name of `table order`. */
export const splitSource = (object: string): readonly [kind: string, name: string] => {
  const at = object.indexOf(" ");
  return [object.slice(0, at), object.slice(at + 1)];
};
