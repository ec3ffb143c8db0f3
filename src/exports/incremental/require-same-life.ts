import { VitrineError } from "../../errors.ts";
import type { ExportState, ModelFiles } from "./manifest.ts";

/**
 * A database that was restored gives positions again: beside its rows those that were filed before would count as the newer ones,
 * and what is written since would not be looked for.
 * @param now the database as it is; `position`: one that was taken after `since` was read, where one was
 * @throws VitrineError EXPORT_FAILED when the files are of a time before the database was restored
 */
export function requireSameLife(
  { destination, model }: ModelFiles,
  since: ExportState,
  now: { readonly incarnation: string; readonly position?: bigint },
): void {
  const isOlder = now.position !== undefined && now.position <= BigInt(since.run);
  if (now.incarnation === since.incarnation && !isOlder) return;
  throw new VitrineError(
    "EXPORT_FAILED",
    `${destination.name}: the database was restored after files of ${model.name} were written; begin another destination.`,
  );
}
