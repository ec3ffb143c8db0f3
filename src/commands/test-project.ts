import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { toLoaderOptions } from "../app/follow-source.ts";
import type { App } from "../app/open-app.ts";
import { type ErrorCode, VitrineError } from "../errors.ts";
import { createLoader } from "../mirror/loader.ts";
import { quoteName, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import type { CommandContext } from "./context.ts";
import { askAsRoles } from "./test-as-roles.ts";
import { askExamples, readTestExamples } from "./test-examples.ts";
import { verifyModels } from "./verify-models.ts";
import { withApp } from "./with-app.ts";
import { serveHere } from "./with-gateway.ts";

/** The folder of a project in which its own tests are. */
const FOLDER = "test";
/** What the server says to whoever may not do something to a table, or to anything of the database. */
const denied: ReadonlySet<number> = new Set([1142, 1044, 1290]);

/**
 * Mirrors what is committed now, compares each document with its view, asks every example as everybody and as each role
 * (which is answered what its access allows, and refused the rest), tries whether the account of
 * queries may write, and runs the project's own tests by Node's test runner: these get the address of a gateway.
 * @param files of tests; none: all of the folder `test` beside the project file
 * @throws VitrineError DEFECT_FOUND for a document that is not as its view; UNHEALTHY when anything else fails
 */
export async function testProject(context: CommandContext, files: readonly string[]): Promise<void> {
  const { progress, signal, print } = context;
  await withApp(context, async (app) => {
    await createLoader(toLoaderOptions(app, undefined)).once(signal);
    const verified = await failureOf(() =>
      verifyModels({ progress, signal, print, printJson: () => {} }, app, everything, { rows() {} }),
    );
    const gateway = await serveHere(app);
    try {
      const examples = await askExamples(context, await readTestExamples(app), gateway.url);
      const roles = await askAsRoles(context, app);
      const rights = await tryToWrite(context, app);
      const own = await runOwnTests(context, app, files, gateway.url);
      const failures = [
        ...(verified === null ? [] : [verified.message]),
        ...examples,
        ...roles,
        ...rights,
        ...own,
      ];
      context.printJson({ failures });
      if (failures.length === 0) return;
      const code = verified?.code ?? "UNHEALTHY";
      throw new VitrineError(code, failures.join("\n"), { details: { failures } });
    } finally {
      await gateway.close();
    }
  });
}

const everything = { names: [], deep: true, repair: false } as const;

const ofProject: ReadonlySet<ErrorCode> = new Set(["DEFECT_FOUND", "UNHEALTHY", "UNSETTLED"]);

/** Failures that say something of the project; all others are thrown. */
async function failureOf(work: () => Promise<unknown>): Promise<VitrineError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof VitrineError && ofProject.has(error.code)) return error;
    throw error;
  }
}

/** A delete of no row asks for the right and does nothing. */
async function tryToWrite({ print }: CommandContext, { admin, reader }: App): Promise<readonly string[]> {
  const tables = await admin.query<{ name: string }>(
    `select table_name as name from information_schema.tables
    where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
    order by table_name like 'vitrine\\_%', table_name`,
  );
  const writable: string[] = [];
  for (const { name } of tables)
    try {
      await reader.run(`delete from ${quoteName(name)} where false`);
      writable.push(name);
    } catch (error) {
      if (!denied.has(sqlErrorOf(error)?.errno ?? 0)) throw error;
    }
  print(`${tables.length} tables, of which the account of queries may write ${writable.length}`);
  return writable.length === 0
    ? []
    : [
        `The account of queries may write ${writable.slice(0, 5).join(", ")}: MARIADB_READER_URL is to name one that only reads.`,
      ];
}

/** By `node --test`, which is there wherever Node is: no runner is asked of a project. */
async function runOwnTests(
  context: CommandContext,
  { config }: App,
  given: readonly string[],
  url: string,
): Promise<readonly string[]> {
  const folder = dirname(config.projectFile);
  const files = given.length > 0 ? given : listTests(folder);
  if (files.length === 0) return [];
  const child = spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), "--test", "--test-reporter=spec", ...files],
    {
      cwd: folder,
      env: { ...context.environment, VITRINE_TEST_URL: url },
      stdio: ["ignore", context.json ? "ignore" : "pipe", "inherit"],
      signal: context.signal,
    },
  );
  child.stdout?.setEncoding("utf8").on("data", (text: string) => context.print(text.replace(/\n$/, "")));
  const [code] = await once(child, "close");
  return code === 0 ? [] : [`Tests of the project failed: ${files.join(", ")}`];
}

function listTests(folder: string): readonly string[] {
  const place = join(folder, FOLDER);
  if (!existsSync(place)) return [];
  return readdirSync(place, { recursive: true })
    .map(String)
    .filter((name) => /\.test\.[cm]?[jt]s$/.test(name))
    .sort()
    .map((name) => join(place, name));
}
