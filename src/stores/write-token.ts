import { VitrineError } from "../errors.ts";
import type { Queryable } from "./mariadb/mariadb.ts";
import { retryDeadlock } from "./mariadb/retry-deadlock.ts";

/** A moment in the history of writes: every snapshot at a position from `n` on sees them. */
export interface WriteToken {
  readonly n: bigint;
  /** The life of the database that gave it: positions of another life mean nothing. */
  readonly incarnation: string;
}

/**
 * Takes a position after a commit and says so to the loader (`wanted`). The row is locked until this statement is
 * durable, and a loader that takes a later position opens its snapshot after that: it sees the commit.
 */
export async function takeToken(db: Queryable): Promise<string> {
  return retryDeadlock(async () => {
    // A call answers with its rows, and the header that ends it.
    const [rows] =
      await db.query<readonly { readonly n: string; readonly incarnation: string }[]>("call take_position()");
    const row = rows?.[0];
    if (!row) throw new VitrineError("INTERNAL", "mirror_position has no row. Run `vitrine migrate up`.");
    return Buffer.from(`${row.n}.${row.incarnation}`).toString("base64url");
  });
}

/** @throws VitrineError BAD_INPUT for text that is no token; it names where the text was given. */
export function readToken(token: string, givenAs = "afterWrite"): WriteToken {
  const parts = /^(\d{1,19})\.([0-9a-f-]{36})$/.exec(Buffer.from(token, "base64url").toString("latin1"));
  if (!parts?.[1] || !parts[2])
    throw new VitrineError("BAD_INPUT", `${givenAs}: this is not a token. Use one that a mutation returned.`);
  return { n: BigInt(parts[1]), incarnation: parts[2] };
}
