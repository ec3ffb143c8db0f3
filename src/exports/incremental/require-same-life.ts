import { VitrineError } from "../../errors.ts";
import { type Branch, standingOf } from "../../stores/mongodb/branches.ts";
import type { ExportState, ModelFiles } from "./manifest.ts";

/**
 * A database that was restored gives positions again: beside its rows those that were filed before would count as the newer ones,
 * and what is written since would not be looked for. A replica that took over and had all of it goes on.
 * @param now the database as it is; `position`: one that was taken after `since` was read, where one was
 * @throws VitrineError EXPORT_FAILED when the files are of a time before the database was restored
 */
export function requireSameLife(
  { destination, model }: ModelFiles,
  since: ExportState,
  now: { readonly incarnation: string; readonly branches: readonly Branch[]; readonly position?: bigint },
): void {
  const isOlder = now.position !== undefined && now.position <= BigInt(since.run);
  const last = { n: BigInt(since.run), incarnation: since.incarnation };
  if (standingOf(last, now) === "shared" && !isOlder) return;
  throw new VitrineError(
    "EXPORT_FAILED",
    `${destination.name}: the database was restored or lost writes with a server after files of ${model.name} were written; begin another destination.`,
  );
}
