import { createHash } from "node:crypto";

/** By what a document is known: the SHA-256 of its text, in hexadecimal. */
export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
