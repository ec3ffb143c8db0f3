import { createHmac } from "node:crypto";
import type { Mask } from "../models/access.ts";

/** Turns a value that a role sees in another form. */
export type ToMasked = (value: unknown) => unknown;

/** Characters that `last4` shows. */
const SHOWN = 4;
/** Shorter texts would be half told by their end. */
const SHORT = 2 * SHOWN;

/**
 * How a value is masked: `null` shows nothing; `last4` the end of a text of eight characters or more, and nothing of a
 * shorter one; `hash` 22 characters that are the same for equal texts, and that nobody can compute without the key.
 * @throws TypeError for a hash without a key, which the settings refuse at start
 */
export function maskOf(mask: Mask, key: string | undefined): ToMasked {
  const ofText = toText(mask, key);
  return (value) => (typeof value === "string" ? ofText(value) : null);
}

function toText(mask: Mask, key: string | undefined): (text: string) => string | null {
  switch (mask) {
    case "null":
      return () => null;
    case "last4":
      return (text) => {
        const characters = Array.from(text);
        return characters.length < SHORT ? "…" : `…${characters.slice(-SHOWN).join("")}`;
      };
    case "hash":
      if (key === undefined || key === "")
        throw new TypeError("A field is masked by its hash, and VITRINE_MASK_KEY is not set.");
      return (text) => createHmac("sha256", key).update(text).digest("base64url").slice(0, 22);
  }
}
