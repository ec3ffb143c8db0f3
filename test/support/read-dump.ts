import { execFileSync } from "node:child_process";
import { findOnPath } from "../../src/local/find-programs.ts";

/** What `mariadb-dump` writes of a database, byte for byte; nothing, and a sentence, where it is not installed. */
export function readDump(mariadbUrl: string): string {
  const program = findOnPath("mariadb-dump", process.env.PATH ?? "");
  if (program === null) {
    console.warn("mariadb-dump is not installed (mariadb-client): compared by what the server says alone.");
    return "";
  }
  const { hostname, port, username, password, pathname } = new URL(mariadbUrl);
  const server = [`--host=${hostname}`, `--port=${port}`, `--user=${decodeURIComponent(username)}`];
  const what = ["--routines", "--triggers", "--events", "--skip-dump-date", pathname.slice(1)];
  return execFileSync(program, ["--no-defaults", ...server, ...what], {
    env: { ...process.env, MYSQL_PWD: decodeURIComponent(password) },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
}
