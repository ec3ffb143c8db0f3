import { VitrineError } from "../../errors.ts";
import type { Queryable } from "./mariadb.ts";

/**
 * Whether the server takes no writes from ordinary accounts, as a replica. One that may all the same must not write there:
 * replication would break on it.
 */
export async function isReadOnly(db: Queryable): Promise<boolean> {
  const [row] = await db.query<{ is_read_only: number }>("select @@read_only as is_read_only");
  return Number(row?.is_read_only) === 1;
}

/** @throws VitrineError SOURCE_UNAVAILABLE for a server that is read only */
export async function requireWritable(db: Queryable): Promise<void> {
  if (await isReadOnly(db))
    throw new VitrineError(
      "SOURCE_UNAVAILABLE",
      "MariaDB is read only there, as a replica is, and this needs to write. Name the primary, or several servers with commas between: the one that takes writes is found.",
    );
}
