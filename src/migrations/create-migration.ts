import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { VitrineError } from "../errors.ts";
import { writeNewFiles } from "./write-new-files.ts";

/**
 * Writes an empty versioned file with the domain's next number, and its `.down.sql`.
 * @param title what it does, in plain words: `add the colour of a product`.
 * @returns the files, relative to `sqlDir`.
 * @throws VitrineError USAGE when the title has no letter or digit.
 */
export async function createMigration(
  sqlDir: string,
  domain: string,
  title: string,
): Promise<readonly string[]> {
  const words = title.toLowerCase().match(/[a-z0-9]+/g);
  if (!words) throw new VitrineError("USAGE", "Say in a few words what the migration does.");
  const folder = join(sqlDir, "migrations", domain);
  const existing = existsSync(folder) ? await readdir(folder) : [];
  const last = Math.max(0, ...existing.map((file) => Number(/^(\d{4})-/.exec(file)?.[1] ?? 0)));
  const name = `${String(last + 1).padStart(4, "0")}-${words.join("-")}`;
  const texts = {
    [`${name}.sql`]: `-- ${title.trim()}\n-- Must be able to run again after a crash half-way: \`if not exists\`, \`if exists\`.\n\n`,
    [`${name}.down.sql`]: `-- Takes back ${name}.sql.\n\n`,
  };
  writeNewFiles(new Map(Object.entries(texts).map(([file, text]) => [join(folder, file), text])));
  return Object.keys(texts).map((file) => `migrations/${domain}/${file}`);
}
