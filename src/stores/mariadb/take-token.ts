import { VitrineError } from "../../errors.ts";
import type { Position } from "../mongodb/mirror-records.ts";
import type { Queryable } from "./mariadb.ts";
import { retryDeadlock } from "./retry-deadlock.ts";

/**
 * Takes a position after a commit and says so to the loader (`wanted`). The row is locked until this statement is
 * durable, and a loader that takes a later position opens its snapshot after that: it sees the commit.
 */
export async function takePosition(db: Queryable): Promise<Position> {
  return retryDeadlock(async () => {
    // A call answers with its rows, and the header that ends it.
    const [rows] = await db.query<readonly { readonly n: string; readonly incarnation: string }[]>(
      "call vitrine_take_position()",
    );
    const row = rows?.[0];
    if (!row) throw new VitrineError("INTERNAL", "vitrine_position has no row. Run `vitrine migrate up`.");
    return { n: BigInt(row.n), incarnation: row.incarnation };
  });
}

/** The same as a text for clients, which `readToken` understands. */
export async function takeToken(db: Queryable): Promise<string> {
  const { n, incarnation } = await takePosition(db);
  return Buffer.from(`${n}.${incarnation}`).toString("base64url");
}
