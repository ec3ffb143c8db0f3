import { type MariaDbTls, readTls, type TlsFiles, tlsParameters, wrongUrl } from "./mariadb-tls.ts";

/** Where a MariaDB is and who asks it, as the driver wants to be told. */
export interface MariaDbAddress {
  readonly database: string;
  readonly server: {
    readonly host?: string;
    readonly port?: number;
    readonly socketPath?: string;
    readonly user: string;
    readonly password: string;
    readonly ssl?: MariaDbTls;
  };
  readonly tlsFiles: TlsFiles;
}

/** What a URL may say behind its `?`; whatever else stands there was meant to do something, and does not. */
const parameters: readonly string[] = ["socketPath", ...tlsParameters];

/**
 * Reads `mariadb://user:password@host:port/database?…`; `mariadb-tls.ts` tells what it may say about encryption.
 * @throws VitrineError CONFIG_INVALID that names the parameter
 */
export function readMariaDbUrl(url: string): MariaDbAddress {
  const parsed = new URL(url);
  const given = parsed.searchParams;
  for (const name of given.keys()) {
    if (!parameters.includes(name))
      throw wrongUrl(
        `has the unknown parameter ${JSON.stringify(name)}. Known are ${parameters.join(", ")}.`,
      );
    if (given.getAll(name).length > 1) throw wrongUrl(`has ${name} more than once: leave one.`);
  }
  const socketPath = given.get("socketPath");
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  const { tls, files } = readTls(given, socketPath ? "" : host);
  return {
    database: decodeURIComponent(parsed.pathname.slice(1)),
    tlsFiles: files,
    server: {
      ...(socketPath ? { socketPath } : { host, port: parsed.port === "" ? 3306 : Number(parsed.port) }),
      user: decodeURIComponent(parsed.username),
      password: decodeURIComponent(parsed.password),
      ...(tls && { ssl: tls }),
    },
  };
}
