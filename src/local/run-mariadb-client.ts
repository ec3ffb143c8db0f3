import { spawn } from "node:child_process";
import type { Config } from "../config.ts";
import { VitrineError } from "../errors.ts";
import { readMariaDbUrl } from "../stores/mariadb/mariadb-url.ts";
import { findOnPath } from "./find-programs.ts";

/**
 * Runs MariaDB's own client in this terminal; without a statement it asks for some. The password goes by the
 * environment: arguments can be read by everybody on the machine.
 * @throws VitrineError SETUP_FAILED when there is no client, USAGE when it ends with an error, which it has told
 */
export function runMariaDbClient(
  config: Pick<Config, "searchPath">,
  adminUrl: string,
  statement: string | undefined,
): Promise<void> {
  const client = findOnPath("mariadb", config.searchPath) ?? findOnPath("mysql", config.searchPath);
  if (client === null)
    throw new VitrineError("SETUP_FAILED", "MariaDB's client `mariadb` is missing; `npm start` installs it.");
  const { server, database, caFile } = readMariaDbUrl(adminUrl);
  const child = spawn(
    client,
    [
      "--no-defaults",
      "--default-character-set=utf8mb4",
      "--local-infile=1",
      ...(server.socketPath === undefined
        ? [`--host=${server.host}`, `--port=${server.port}`]
        : [`--socket=${server.socketPath}`]),
      ...(server.ssl === undefined ? [] : ["--ssl"]),
      ...(caFile === undefined ? [] : [`--ssl-ca=${caFile}`]),
      ...(server.ssl?.verifyIdentity ? ["--ssl-verify-server-cert"] : []),
      `--user=${server.user}`,
      `--database=${database}`,
      ...(statement === undefined ? [] : ["--table", `--execute=${statement}`]),
    ],
    {
      stdio: "inherit",
      env: {
        PATH: config.searchPath,
        TERM: "xterm",
        LC_ALL: "C.UTF-8",
        MYSQL_PWD: server.password,
      },
    },
  );
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    // The client has said on standard error what was wrong.
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new VitrineError("USAGE", "The statement was refused.")),
    );
  });
}
