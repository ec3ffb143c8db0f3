import { VitrineError } from "../errors.ts";

/** A moment in the history of writes: every snapshot at a position from `n` on sees them. */
export interface WriteToken {
  readonly n: bigint;
  /** The life of the database that gave it: positions of another life mean nothing. */
  readonly incarnation: string;
}

/** @throws VitrineError BAD_INPUT for text that is no token; it names where the text was given. */
export function readToken(token: string, givenAs = "afterWrite"): WriteToken {
  const parts = /^(\d{1,19})\.([0-9a-f-]{36})$/.exec(Buffer.from(token, "base64url").toString("latin1"));
  if (!parts?.[1] || !parts[2])
    throw new VitrineError("BAD_INPUT", `${givenAs}: this is not a token. Use one that a mutation returned.`);
  return { n: BigInt(parts[1]), incarnation: parts[2] };
}
