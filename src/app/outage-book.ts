import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { AlertBook } from "../core/alert-book.ts";
import { writeTemporary } from "../exports/write-file.ts";
import type { FilePurpose } from "../file-errors.ts";

const alertSchema = z.object({
  alertId: z.number().int(),
  kind: z.literal("source"),
  subject: z.string(),
  message: z.string(),
  raisedAt: z.coerce.date(),
  overAt: z.coerce.date().nullable(),
  isRaiseTold: z.boolean(),
  isOverTold: z.boolean(),
});
const fileSchema = z.object({ isHolder: z.boolean(), alerts: z.array(alertSchema) });
type KeptAlert = z.output<typeof alertSchema>;
type Kept = z.output<typeof fileSchema>;

const purpose: FilePurpose = {
  code: "FILE_FAILED",
  remedy: "Alerts of outages are noted there: make room, or choose another folder with --data-dir.",
};

export interface OutageBookOptions {
  readonly file: string;
  /** The database whose outages it tells of. */
  readonly database: string;
  /** Whether this node is the one that tells alerts; undefined: this process does not know, and goes by the file. */
  readonly isMine: () => boolean | undefined;
}

/**
 * A file of this node, for alerts that a database which is away cannot keep, and whether this node is the one that tells
 * them: read once, when it is needed first, and written before anything is told. An alert that is over, and told so, leaves it.
 */
export function createOutageBook({ file, database, isMine }: OutageBookOptions): AlertBook {
  let kept: Promise<Kept> | undefined;
  const read = () => {
    kept ??= readKept(file);
    return kept;
  };
  const change = async (to: (kept: Kept) => Partial<Kept>) => {
    const before = await read();
    const after = { ...before, ...to(before) };
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    // What was told is not told again by this process, also where the file cannot be written.
    kept = Promise.resolve(after);
    const written = await writeTemporary(file, toText(after), { gzip: false, purpose });
    await written.publish();
  };
  const changeAlerts = (to: (alerts: readonly KeptAlert[]) => KeptAlert[]) =>
    change(({ alerts }) => ({ alerts: to(alerts) }));
  const isRaised = ({ overAt }: KeptAlert) => overAt === null;
  return {
    name: `${database}-outage`,
    async hold() {
      const isHolder = isMine();
      if (isHolder !== undefined) await change(() => ({ isHolder }));
      const { isHolder: isOwn, alerts } = await read();
      return isOwn || alerts.length > 0;
    },
    release: async () => undefined,
    readRaised: async () => (await read()).alerts.filter(isRaised),
    readUntold: async () => (await read()).alerts.filter((one) => !one.isRaiseTold || !isRaised(one)),
    raise: (conditions) =>
      changeAlerts((alerts) => [
        ...alerts,
        ...conditions
          .filter(({ subject }) => alerts.every((one) => !isRaised(one) || one.subject !== subject))
          .map(({ subject, message }, index) => ({
            ...{ kind: "source" as const, subject, message, alertId: Date.now() + index },
            ...{ raisedAt: new Date(), overAt: null, isRaiseTold: false, isOverTold: false },
          })),
      ]),
    end: (ids) =>
      changeAlerts((alerts) =>
        alerts.map((one) =>
          isRaised(one) && ids.includes(one.alertId) ? { ...one, overAt: new Date() } : one,
        ),
      ),
    noteTold: (id, what) =>
      changeAlerts((alerts) =>
        alerts.flatMap((one) => {
          if (one.alertId !== id) return [one];
          return what === "over" ? [] : [{ ...one, isRaiseTold: true }];
        }),
      ),
  };
}

async function* toText(kept: Kept) {
  yield `${JSON.stringify(kept, null, 2)}\n`;
}

/** A file that is none of ours is begun anew: what it knew was told or not, and nobody can say. */
async function readKept(file: string): Promise<Kept> {
  const nothing: Kept = { isHolder: false, alerts: [] };
  if (!existsSync(file)) return nothing;
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return nothing;
  }
}
