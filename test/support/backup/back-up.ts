import { join } from "node:path";
import type { OwnServer } from "./own-server.ts";
import { runMariaProgram } from "./run-maria-program.ts";

/** How to reach a server as its administrator. */
const address = ({ url }: OwnServer): readonly string[] => {
  const { hostname, port, username, password } = new URL(url);
  return [
    "--no-defaults",
    `--host=${hostname}`,
    `--port=${port}`,
    `--user=${username}`,
    `--password=${password}`,
  ];
};

/** A dump of its database as a file. @param options as `mariadb-dump` has them */
export async function dump(server: OwnServer, file: string, options: readonly string[]): Promise<void> {
  const args = [...address(server), "--single-transaction", ...options, "vitrine"];
  await runMariaProgram("mariadb-dump", args, { to: file });
}

/** Fills a database, made anew, from a dump. @param options as the client has them */
export async function load(server: OwnServer, file: string, options: readonly string[] = []): Promise<void> {
  await server.db.query(
    `drop database if exists vitrine;
    create database vitrine character set utf8mb4 collate utf8mb4_nopad_bin`,
  );
  await runMariaProgram("mariadb", [...address(server), ...options, "vitrine"], { from: file });
}

/** A physical copy of a server that goes on meanwhile, ready to be started on. */
export async function copyServer(server: OwnServer, folder: string): Promise<void> {
  await runMariaProgram("mariadb-backup", [
    ...address(server),
    "--backup",
    `--target-dir=${folder}`,
    `--datadir=${server.data}`,
  ]);
  await runMariaProgram("mariadb-backup", ["--no-defaults", "--prepare", `--target-dir=${folder}`]);
}

/** Runs what a binary log has from a place on. */
export async function replay(
  server: OwnServer,
  log: { readonly folder: string; readonly file: string; readonly position: string },
  scratch: string,
): Promise<void> {
  const statements = join(scratch, "replayed.sql");
  await runMariaProgram(
    "mariadb-binlog",
    ["--no-defaults", `--start-position=${log.position}`, join(log.folder, log.file)],
    { to: statements },
  );
  await runMariaProgram("mariadb", address(server), { from: statements });
}
