import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of SQL files of a test's own, laid out like a project's `sql/`. */
export interface SqlFolder {
  readonly dir: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  remove(...files: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function createSqlFolder(files: Readonly<Record<string, string>> = {}): Promise<SqlFolder> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-sql-"));
  const write: SqlFolder["write"] = async (given) => {
    for (const [file, text] of Object.entries(given)) {
      await mkdir(dirname(join(dir, file)), { recursive: true });
      await writeFile(join(dir, file), text);
    }
  };
  await write(files);
  return {
    dir,
    write,
    remove: async (...names) => {
      for (const name of names) await rm(join(dir, name));
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
}
