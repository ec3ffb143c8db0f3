import { randomBytes } from "node:crypto";
import { readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { VitrineError } from "../errors.ts";
import { toFileError } from "../file-errors.ts";
import { makeFolder } from "../make-folder.ts";
import { sha256 } from "../sha256.ts";
import type { ReadToken } from "./identify.ts";

/** What is kept of a key: not the key. */
export interface KeyEntry {
  readonly name: string;
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** SHA-256 of the key, in hexadecimal. Keys are 256 random bits: nobody tries them out, however fast a hash is. */
  readonly sha256: string;
  /** RFC 3339. */
  readonly added: string;
  /** RFC 3339; null: it has no end. */
  readonly expires: string | null;
}

const entrySchema = z.strictObject({
  name: z.string().min(1),
  role: z.string().min(1),
  claims: z.record(z.string(), z.unknown()),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  added: z.iso.datetime(),
  expires: z.iso.datetime().nullable(),
});
const fileSchema = z.strictObject({ keys: z.array(entrySchema) });

/** So a key is known for one where it lies about. */
const PREFIX = "vitrine_";
/** How long a key that was revoked may still be taken. */
const LOOKED_AT_MS = 500;

/** The keys of a file; none when it is not there. @throws VitrineError CONFIG_INVALID when it is no file of keys */
export async function readKeys(file: string): Promise<readonly KeyEntry[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new VitrineError("CONFIG_INVALID", `The keys of ${file} cannot be read.`, { cause: error });
  });
  if (text === null) return [];
  try {
    return fileSchema.parse(JSON.parse(text)).keys;
  } catch (cause) {
    throw new VitrineError(
      "CONFIG_INVALID",
      `${file} is no file of keys. VITRINE_KEYS names it; \`vitrine user add NAME --role ROLE --key\` makes one.`,
      { cause },
    );
  }
}

/**
 * Makes a key, and returns it: it is told once, only its hash is kept.
 * @throws VitrineError USAGE when somebody has this name; FILE_FAILED
 */
export async function addKey(
  file: string,
  entry: Pick<KeyEntry, "name" | "role" | "claims" | "expires">,
): Promise<string> {
  const key = `${PREFIX}${randomBytes(32).toString("base64url")}`;
  await changeKeys(file, (keys) => {
    if (keys.some(({ name }) => name === entry.name))
      throw new VitrineError(
        "USAGE",
        `There is a key of ${entry.name}. \`vitrine user revoke ${entry.name}\` ends it.`,
      );
    const { name, role, claims, expires } = entry;
    return [...keys, { name, role, claims, sha256: sha256(key), added: new Date().toISOString(), expires }];
  });
  return key;
}

/** Forgets a key: it is not taken any more, half a second later at the latest. @throws VitrineError USAGE when there is none */
export const revokeKey = (file: string, name: string): Promise<void> =>
  changeKeys(file, (keys) => {
    const left = keys.filter((one) => one.name !== name);
    if (left.length < keys.length) return left;
    throw new VitrineError("USAGE", `There is no key of ${name}. \`vitrine user list --keys\` tells of all.`);
  });

/** Writes the file anew beside it, and puts it in its place: who reads it meanwhile finds it whole. */
async function changeKeys(
  file: string,
  change: (keys: readonly KeyEntry[]) => readonly KeyEntry[],
): Promise<void> {
  makeFolder(dirname(file), { mode: 0o700 });
  const next = `${file}.new`;
  try {
    // Who changes it at the same time is refused, not lost.
    await writeFile(next, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw toFileError(error, next);
    throw new VitrineError(
      "FILE_FAILED",
      `${file} is being changed by somebody else. When nobody does, remove ${next}.`,
    );
  }
  try {
    const keys = change(await readKeys(file));
    await writeFile(next, `${JSON.stringify({ keys }, null, 2)}\n`);
    await rename(next, file);
  } catch (error) {
    await unlink(next).catch(() => undefined);
    throw toFileError(error, file);
  }
}

/** Knows keys by the hashes of a file, which is read again when it was changed. */
export function createKeyReader(file: string, now: () => number = Date.now): ReadToken {
  let known: ReadonlyMap<string, KeyEntry> = new Map();
  /** Keys that were asked with since the file was read, so that each is hashed once: never more than the file has. */
  let asked = new Map<string, KeyEntry>();
  let state: string | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  const look = async () => {
    const found = await stat(file).catch(() => null);
    const isNow = found === null ? "none" : `${found.ino} ${found.mtimeMs} ${found.size}`;
    if (isNow !== state) {
      known = new Map((await readKeys(file)).map((one) => [one.sha256, one]));
      asked = new Map();
    }
    state = isNow;
    lookedAt = now();
  };
  return async (key) => {
    if (now() - lookedAt > LOOKED_AT_MS) {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      await looking;
    }
    const entry = asked.get(key) ?? known.get(sha256(key));
    if (entry) asked.set(key, entry);
    const expiresAt = entry?.expires ? Date.parse(entry.expires) : null;
    if (!entry || (expiresAt !== null && expiresAt <= now()))
      throw new VitrineError("UNAUTHENTICATED", "Nobody is known by this key, or it has ended.");
    return { name: entry.name, role: entry.role, claims: entry.claims, expiresAt };
  };
}
