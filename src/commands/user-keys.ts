import { addKey, type KeyEntry, readKeys, revokeKey } from "../access/keys.ts";
import { rolesOf } from "../access/project-for-role.ts";
import { VitrineError } from "../errors.ts";
import { loadProject } from "../load-project.ts";
import type { CommandContext } from "./context.ts";

/** What a key is made with. */
export interface KeyOptions {
  readonly role: string;
  /** `name=value` each. */
  readonly claim: readonly string[];
  readonly days?: string;
}

const DAY_MS = 86_400_000;

/** Makes a key, and tells it. @throws VitrineError USAGE for a role that the project does not declare, or a name that is taken */
export async function addUserKey(
  context: CommandContext,
  name: string,
  { role, claim, days }: KeyOptions,
): Promise<void> {
  const { auth, projectFile } = context.config();
  const roles = rolesOf(await loadProject(projectFile));
  if (!/^[\w.@-]{1,100}$/.test(name))
    throw new VitrineError("USAGE", "A name has letters, digits, and . @ _ - only: it is what logs tell.");
  if (!roles.includes(role))
    throw new VitrineError(
      "USAGE",
      `The project declares no role ${role}. It has ${roles.join(", ") || "none: `defineAccess` declares some"}.`,
    );
  const claims = Object.fromEntries(claim.map(readClaim));
  const expires = days === undefined ? null : new Date(Date.now() + readDays(days) * DAY_MS).toISOString();
  const key = await addKey(auth.keysFile, { name, role, claims, expires });
  context.print(`${name} is ${role}${expires === null ? "" : ` until ${expires}`}.`);
  context.print(`Key: ${key}`);
  context.print(
    "It is told this once. Send it as `Authorization: Bearer …`, or sign in with it at /sign-in.",
  );
  if (auth.kind !== "keys") context.print("The gateway asks for keys when VITRINE_AUTH is keys.");
  context.printJson({ name, role, claims, expires, key });
}

/** All keys, without what they are, in the order in which they were made. */
export async function listUserKeys(
  context: CommandContext,
): Promise<readonly { readonly line: string; readonly told: Omit<KeyEntry, "sha256"> }[]> {
  const keys = await readKeys(context.config().auth.keysFile);
  return keys.map(({ sha256: _hash, ...told }) => ({ told, line: toLine(told) }));
}

/** Ends a key. @throws VitrineError USAGE when there is none */
export async function revokeUserKey(context: CommandContext, name: string): Promise<void> {
  await revokeKey(context.config().auth.keysFile, name);
  context.print(`The key of ${name} is revoked.`);
  context.printJson({ revoked: name });
}

function toLine({ name, role, claims, expires }: Omit<KeyEntry, "sha256">): string {
  const told = Object.entries(claims).map(([claim, value]) => `${claim}=${JSON.stringify(value)}`);
  return [name, role, ...told, "key", ...(expires === null ? [] : [`until ${expires}`])].join("  ");
}

/** Whole numbers, booleans and lists as JSON has them; anything else is a text, so that no digit is lost. */
function readClaim(text: string): readonly [name: string, value: unknown] {
  const at = text.indexOf("=");
  if (at < 1) throw new VitrineError("USAGE", `--claim ${text}: write name=value.`);
  const value = text.slice(at + 1);
  try {
    const read: unknown = JSON.parse(value);
    const isExact = typeof read !== "number" || (Number.isSafeInteger(read) && String(read) === value);
    return [text.slice(0, at), isExact ? read : value];
  } catch {
    return [text.slice(0, at), value];
  }
}

function readDays(text: string): number {
  const days = Number(text);
  if (days > 0 && days <= 36_500) return days;
  throw new VitrineError("USAGE", `--days ${text}: write a number of days, as 90.`);
}
