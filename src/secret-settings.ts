import { readFileSync, statSync } from "node:fs";
import { z } from "zod";

/** Settings that are secret, or hold a password: each may stand in a file that `<name>_FILE` names. */
export const secretNames = [
  "MARIADB_URL",
  "MARIADB_LOADER_URL",
  "MARIADB_READER_URL",
  "MARIADB_READ_URL",
  "MARIADB_WRITER_URL",
  "MONGODB_URL",
  "VITRINE_EXPLAIN",
  "VITRINE_MASK_KEY",
  "VITRINE_SESSION_SECRET",
  "VITRINE_ALERT_SECRET",
  "VITRINE_ALERT_WEBHOOK",
  "VITRINE_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
] as const;

type FileName = `${(typeof secretNames)[number]}_FILE`;

/** Variables that name the files of secrets: a part of configSchema. */
export const secretFileSettings = Object.fromEntries(
  secretNames.map((name) => [
    `${name}_FILE`,
    z
      .string()
      .optional()
      .describe(
        `File that holds \`${name}\`, which is not set beside it. An end of line at its end is left out.`,
      ),
  ]),
) as Readonly<Record<FileName, z.ZodOptional<z.ZodString>>>;

/** No secret is as long: what is, is another file. */
const MAX_BYTES = 64 * 1024;

export interface ReadSecrets {
  /** The environment with each secret under its own name. */
  readonly env: Readonly<Record<string, string>>;
  /** What is wrong, each naming its variable and never the content of a file. */
  readonly problems: readonly string[];
}

/** Reads the secrets that an environment without empty values names files of. Never throws. */
export function readSecretFiles(given: Readonly<Record<string, string>>): ReadSecrets {
  const env: Record<string, string> = { ...given };
  const problems: string[] = [];
  for (const name of secretNames) {
    const variable: FileName = `${name}_FILE`;
    const file = given[variable];
    if (file === undefined) continue;
    if (given[name] !== undefined) {
      problems.push(`${variable}: is set beside ${name}: leave one out`);
      continue;
    }
    const secret = readSecret(file);
    if (secret.text === null) problems.push(`${variable}: names the file ${file}, which ${secret.problem}`);
    else env[name] = secret.text;
  }
  return { env, problems };
}

type Secret = { readonly text: string } | { readonly text: null; readonly problem: string };

function readSecret(file: string): Secret {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) return { text: null, problem: `is longer than ${MAX_BYTES} bytes` };
    const text = readFileSync(file, "utf8").replace(/\r?\n$/, "");
    return text === "" ? { text: null, problem: "is empty" } : { text };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    return { text: null, problem: `cannot be read${code}` };
  }
}
