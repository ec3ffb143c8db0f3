import { spawn } from "node:child_process";
import type { Config } from "../config.ts";
import { VitrineError } from "../errors.ts";
import { readMariaDbUrl } from "../stores/mariadb/mariadb-url.ts";
import { findOnPath } from "./find-programs.ts";

/** Where the client's output goes when it has no terminal, and when it ends early. */
export interface ClientOutput {
  readonly passOn: (data: Uint8Array) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs MariaDB's own client in this terminal; without a statement it asks for some. Without a terminal its output comes
 * to `output`: the client itself does not notice that nobody reads on. The password goes by the environment: arguments
 * can be read by everybody on the machine.
 * @throws VitrineError SETUP_FAILED when there is no client, USAGE when it ends with an error, which it has told
 */
export function runMariaDbClient(
  config: Pick<Config, "searchPath">,
  adminUrl: string,
  statement: string | undefined,
  output: ClientOutput | null,
): Promise<void> {
  const client = findOnPath("mariadb", config.searchPath) ?? findOnPath("mysql", config.searchPath);
  if (client === null)
    throw new VitrineError("SETUP_FAILED", "MariaDB's client `mariadb` is missing; `npm start` installs it.");
  const { server, database, tlsFiles } = readMariaDbUrl(adminUrl);
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
      ...Object.entries(tlsFiles).flatMap(([name, file]) =>
        file === undefined ? [] : [`--ssl-${name}=${file}`],
      ),
      ...(server.ssl?.verifyIdentity ? ["--ssl-verify-server-cert"] : []),
      `--user=${server.user}`,
      `--database=${database}`,
      ...(statement === undefined ? [] : ["--table", `--execute=${statement}`]),
    ],
    {
      stdio: ["inherit", output ? "pipe" : "inherit", "inherit"],
      ...(output && { signal: output.signal }),
      env: {
        PATH: config.searchPath,
        TERM: "xterm",
        LC_ALL: "C.UTF-8",
        MYSQL_PWD: server.password,
      },
    },
  );
  if (output) child.stdout?.on("data", output.passOn);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    // The client has said on standard error what was wrong.
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new VitrineError("USAGE", "The statement was refused.")),
    );
  });
}
