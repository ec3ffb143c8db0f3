import { VitrineError } from "../errors.ts";
import type { Queryable } from "./mariadb/mariadb.ts";

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
  const { insertId } = await db.run(
    "update mirror_position set n = last_insert_id(n + 1), wanted = n where position_id = 1",
  );
  const [row] = await db.query<{ incarnation: string }>("select incarnation from mirror_position");
  return Buffer.from(`${insertId}.${row?.incarnation ?? ""}`).toString("base64url");
}

/** @throws VitrineError BAD_INPUT for text that is no token; it names where the text was given. */
export function readToken(token: string, givenAs = "afterWrite"): WriteToken {
  const parts = /^(\d{1,19})\.([0-9a-f-]{36})$/.exec(Buffer.from(token, "base64url").toString("latin1"));
  if (!parts?.[1] || !parts[2])
    throw new VitrineError("BAD_INPUT", `${givenAs}: this is not a token. Use one that a mutation returned.`);
  return { n: BigInt(parts[1]), incarnation: parts[2] };
}
