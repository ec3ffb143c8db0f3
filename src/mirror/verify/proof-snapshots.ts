import { openSnapshotAt } from "../../core/position.ts";
import { isClosed, type MariaDb } from "../../stores/mariadb/mariadb.ts";
import { readNames } from "../../stores/mariadb/open-snapshot.ts";
import { isReadOnly } from "../../stores/mariadb/read-only.ts";
import { type Snapshots, withSnapshots } from "../snapshots.ts";

/** Snapshots to prove something in. */
export interface ProofSnapshots extends Snapshots {
  /** False: positions are read, not taken. Then one of the mirror that is above them may be later than the snapshot. */
  readonly takesPositions: boolean;
}

/**
 * The same as withSnapshots where the server takes writes. On a replica nothing is written: a snapshot has the newest position
 * that it shows. It is later than that position's own, so what is proven in it is as true; it may be long ago.
 */
export async function withProofSnapshots<T>(
  db: MariaDb,
  work: (snapshots: ProofSnapshots) => Promise<T>,
): Promise<T> {
  if (!(await isReadOnly(db)))
    return withSnapshots(db, (snapshots) => work({ ...snapshots, takesPositions: true }));
  return db.withConnection(async (reader) => {
    await reader.run("set session transaction isolation level repeatable read, read only");
    await reader.run("set session autocommit = 0, idle_readonly_transaction_timeout = 10");
    const result = await work({
      takesPositions: false,
      async open(reads) {
        await readNames(db, reader);
        const position = await openSnapshotAt(db, reader, reads);
        return { position, connection: reader, release: async () => void (await reader.run("commit")) };
      },
      isLost: () => isClosed(reader.raw),
    });
    // Other work will get this connection.
    await reader.run(
      `set session autocommit = 1, idle_readonly_transaction_timeout = default, tx_isolation = default,
        tx_read_only = default`,
    );
    return result;
  });
}
