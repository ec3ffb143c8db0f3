import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { VitrineError } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";
import { openMariaDb } from "../stores/mariadb/mariadb.ts";
import { rolesOf } from "../stores/mariadb/roles.ts";
import { findOnPath, type Program } from "./find-programs.ts";
import type { ServerSpec } from "./private-server.ts";
import { readVersionOfMariaDb } from "./versions.ts";

const accounts = ["vitrine_admin", "vitrine_loader", "vitrine_reader", "vitrine_writer"] as const;
type Account = (typeof accounts)[number];
type Passwords = Readonly<Record<Account, string>>;

/** The private MariaDB of a data folder: durable, on loopback, everything of its own. */
export function describeMariaDb(dataDir: string, program: Program, searchPath: string): ServerSpec {
  const folder = join(dataDir, "mariadb");
  const data = join(folder, "data");
  const mark = [`--datadir=${data}`];
  return {
    name: "MariaDB",
    program: program.path,
    folder,
    mark,
    toArguments: (port) => [
      "--no-defaults",
      ...mark,
      ...asRoot,
      `--tmpdir=${join(folder, "tmp")}`, // two servers that share one delete each other's temporary tables
      "--socket=mariadb.sock", // relative to the data: a socket's whole path has at most 107 characters
      "--pid-file=mariadb.pid",
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      "--skip-name-resolve",
      "--skip-log-bin",
      "--log-bin-trust-function-creators=1",
      "--innodb-flush-log-at-trx-commit=1",
      `--innodb-buffer-pool-size=${chooseBufferPoolMiB()}M`,
      "--innodb-log-file-size=256M",
      "--character-set-server=utf8mb4",
      "--collation-server=utf8mb4_nopad_bin",
      "--default-time-zone=+00:00",
      "--group-concat-max-len=1073741824",
      "--max-allowed-packet=256M", // cannot be set per session
      "--local-infile=1",
      "--max-connections=1000", // a loader has three per model, and several may race
    ],
    prepare: async () => {
      rmSync(join(folder, "tmp"), { recursive: true, force: true });
      makeFolder(join(folder, "tmp"));
      if (!existsSync(data)) await install(folder, data, searchPath);
    },
    ping: (port) => readMariaDbVersion(toMariaDbUrl(dataDir, "vitrine_admin", port)),
    greet: (port) => readMariaDbVersion(toMariaDbUrl(dataDir, "vitrine_admin", port)),
  };
}

/** URL of the database `vitrine` on the private server, as one of its accounts. */
export function toMariaDbUrl(dataDir: string, account: Account, port: number): string {
  const file = join(dataDir, "mariadb", "data", "accounts.json");
  const passwords = JSON.parse(readFileSync(file, "utf8")) as Passwords; // written by install
  return `mariadb://${account}:${passwords[account]}@127.0.0.1:${port}/vitrine`;
}

/** Version of the server that a URL leads to. */
export async function readMariaDbVersion(url: string): Promise<string> {
  const db = openMariaDb(url, { size: 1 });
  try {
    const [row] = await db.query<{ version: string }>("select version() as version");
    return readVersionOfMariaDb(row?.version ?? "");
  } finally {
    await db.close();
  }
}

const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];

/** An eighth of the memory, 128 MiB to 1 GiB: a guest on a developer's machine. */
const chooseBufferPoolMiB = (): number =>
  Math.min(1024, Math.max(128, Math.floor(totalmem() / 8 / 2 ** 20 / 128) * 128));

/** Makes system tables, accounts and the database beside their place, and moves them there when complete. */
async function install(folder: string, data: string, searchPath: string): Promise<void> {
  const program = findOnPath("mariadb-install-db", searchPath);
  if (program === null)
    throw new VitrineError(
      "SETUP_FAILED",
      "mariadb-install-db is missing. It comes with MariaDB's server package.",
    );
  removeLeftovers(folder);
  // A name of its own: an installer whose command was killed may still be writing into the one before.
  const half = mkdtempSync(join(folder, "install-"));
  const place = withoutBlanks(half);
  makeFolder(join(half, "data"), { mode: 0o700 });
  makeFolder(join(half, "tmp"));
  const passwords = Object.fromEntries(accounts.map((one) => [one, randomBytes(24).toString("hex")]));
  const setUp = join(half, "accounts.sql");
  // Loader and reader get their rights by role: migrations grant them on the database that they migrate.
  writeFileSync(setUp, toAccountsSql(passwords as Passwords), { mode: 0o600 });
  try {
    await promisify(execFile)(program, [
      "--no-defaults",
      `--datadir=${join(place.path, "data")}`,
      `--tmpdir=${join(place.path, "tmp")}`,
      ...asRoot,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
      "--skip-name-resolve",
      `--extra-file=${join(place.path, basename(setUp))}`,
    ]);
  } catch (error) {
    const said =
      error instanceof Error && "stdout" in error ? `${error.message}\n${error.stdout}` : String(error);
    throw new VitrineError("SETUP_FAILED", `MariaDB's data folder could not be made.\n${said}`, {
      cause: error,
    });
  } finally {
    place.remove();
  }
  writeFileSync(join(half, "data", "accounts.json"), JSON.stringify(passwords), { mode: 0o600 });
  renameSync(join(half, "data"), data);
  rmSync(half, { recursive: true });
}

/** The installer is a shell script that does not quote paths: one with a blank is given another name meanwhile. */
function withoutBlanks(folder: string): { readonly path: string; remove(): void } {
  if (!/\s/.test(folder)) return { path: folder, remove: () => {} };
  const parent = mkdtempSync(join(tmpdir(), "vitrine-"));
  symlinkSync(resolve(folder), join(parent, "install"));
  return { path: join(parent, "install"), remove: () => rmSync(parent, { recursive: true }) };
}

function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => one.startsWith("install-")))
    try {
      rmSync(join(folder, name), { recursive: true });
    } catch {
      // Still written to; the next installation removes it.
    }
}

/** Run by the server itself before it has accounts, where `grant role` is refused: so roles are table rows. */
function toAccountsSql(passwords: Passwords): string {
  const roles = rolesOf("vitrine");
  // The account that migrates administers the roles: by that it knows them for its own.
  const administer = (role: string) =>
    `insert into mysql.roles_mapping (Host, User, Role, Admin_option) values ('%', 'vitrine_admin', '${role}', 'Y');`;
  const member = (account: Account, role: string) => [
    administer(role),
    `insert into mysql.roles_mapping (Host, User, Role, Admin_option) values ('%', '${account}', '${role}', 'N');`,
    `update mysql.global_priv set Priv = json_set(Priv, '$.default_role', '${role}') where User = '${account}';`,
  ];
  return [
    "flush privileges;",
    "create database vitrine character set utf8mb4 collate utf8mb4_nopad_bin;",
    ...Object.values(roles).map((role) => `create role ${role};`),
    "delete from mysql.roles_mapping;",
    ...accounts.map((one) => `create user ${one}@'%' identified by '${passwords[one]}';`),
    "grant all privileges on *.* to vitrine_admin@'%' with grant option;",
    ...member("vitrine_loader", roles.loader),
    ...member("vitrine_reader", roles.reader),
    ...member("vitrine_writer", roles.writer),
    // No account of ours: `vitrine user add` makes those that have it.
    administer(roles.analyst),
    "delete from mysql.proxies_priv;",
    "delete from mysql.global_priv where User = 'root';",
    "",
  ].join("\n");
}
