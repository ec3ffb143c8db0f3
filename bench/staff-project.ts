import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readPeakMiB, resetPeak } from "./peak-memory.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const vitrine = join(root, "bin/vitrine.mjs");
/** Rows of these are shown in the lists of employees alone. */
const listed = ["department_members", "salaries", "titles"];

/** What of the project is kept up: a loader, as a user starts it, in a process of its own. */
export interface MirrorProcess {
  readonly pid: number | undefined;
  /** The most memory (RSS) that it took since this was asked last, in MiB. */
  takePeakMiB(): number;
  stop(): Promise<void>;
}

/** The project that `vitrine init` makes of the staff's database, with one model per employee and one per department. */
export interface StaffProject {
  startMirror(): MirrorProcess;
  remove(): Promise<void>;
}

/** Makes it and applies its SQL, by the commands as they are built. */
export async function createStaffProject(mariadbUrl: string, mongodbUrl: string): Promise<StaffProject> {
  await promisify(execFile)(process.execPath, [join(root, "bin/build.mjs")]);
  const base = await mkdtemp(join(tmpdir(), "vitrine-bench-staff-"));
  const cwd = join(base, "staff");
  await mkdir(join(cwd, "node_modules"), { recursive: true });
  await symlink(root, join(cwd, "node_modules/vitrine"));
  const env = { ...process.env, MARIADB_URL: mariadbUrl, MONGODB_URL: mongodbUrl, VITRINE_AUDIT_SHARE: "0" };
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [vitrine, ...args], { cwd, env });
  await run("init", "--from", mariadbUrl);
  await keepEmployees(cwd);
  await run("triggers", "generate");
  await run("migrate", "up");
  return {
    startMirror() {
      const child = spawn(process.execPath, [vitrine, "mirror"], {
        cwd,
        env,
        stdio: ["ignore", "ignore", "inherit"],
      });
      const { pid } = child;
      return {
        pid,
        takePeakMiB() {
          const peak = readPeakMiB(pid);
          resetPeak(pid);
          return peak;
        },
        async stop() {
          const exited = once(child, "exit");
          child.kill("SIGTERM");
          await exited;
        },
      };
    },
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

/** A decision that `init` leaves to whoever reads what it wrote: which tables are documents of their own. */
async function keepEmployees(folder: string): Promise<void> {
  const domain = (await readFile(join(folder, "vitrine.config.ts"), "utf8")).match(/domains\/([^/]+)/)?.[1];
  const list = join(folder, `src/domains/${domain}/models/index.ts`);
  const lines = (await readFile(list, "utf8")).split("\n");
  const isListed = (line: string) =>
    listed.some((name) => line.includes(`./${name.replaceAll("_", "-")}.ts`));
  await writeFile(list, lines.filter((line) => !isListed(line)).join("\n"));
  for (const name of listed) await rm(join(folder, `sql/views/${domain}/${name}.sql`));
}
