import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { VitrineError } from "../../errors.ts";

/** Where a MariaDB is and who asks it, as the driver wants to be told. */
export interface MariaDbAddress {
  readonly database: string;
  readonly server: {
    readonly host?: string;
    readonly port?: number;
    readonly socketPath?: string;
    readonly user: string;
    readonly password: string;
    readonly ssl?: {
      readonly ca?: string;
      readonly rejectUnauthorized: boolean;
      readonly verifyIdentity: boolean;
    };
  };
  /** The file of `ssl-ca`, for programs that read it themselves. */
  readonly caFile: string | undefined;
}

/** What a URL may say behind its `?`; whatever else stands there was meant to do something, and does not. */
const parameters = ["socketPath", "ssl", "ssl-ca", "ssl-verify"];

/**
 * Reads `mariadb://user:password@host:port/database?…`. `ssl=true` encrypts and checks the server's certificate, its name
 * too where the host is a name; `ssl-ca` names the file of the authority that signed it; `ssl-verify=false` encrypts only.
 * @throws VitrineError CONFIG_INVALID that names the parameter
 */
export function readMariaDbUrl(url: string): MariaDbAddress {
  const parsed = new URL(url);
  const given = parsed.searchParams;
  for (const name of given.keys())
    if (!parameters.includes(name))
      throw wrong(`has the unknown parameter ${JSON.stringify(name)}. Known are ${parameters.join(", ")}.`);
  const socketPath = given.get("socketPath");
  const caFile = given.get("ssl-ca") ?? undefined;
  const isVerified = readSwitch(given, "ssl-verify") ?? true;
  const isEncrypted = readSwitch(given, "ssl") ?? (caFile !== undefined || given.has("ssl-verify"));
  if (!isEncrypted && (caFile !== undefined || given.has("ssl-verify")))
    throw wrong("has ssl=false beside ssl-ca or ssl-verify: leave one out.");
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    database: decodeURIComponent(parsed.pathname.slice(1)),
    caFile,
    server: {
      ...(socketPath ? { socketPath } : { host, port: parsed.port === "" ? 3306 : Number(parsed.port) }),
      user: decodeURIComponent(parsed.username),
      password: decodeURIComponent(parsed.password),
      ...(isEncrypted && {
        ssl: {
          ...(caFile === undefined ? {} : { ca: readCertificates(caFile) }),
          rejectUnauthorized: isVerified,
          verifyIdentity: isVerified && isIP(host) === 0,
        },
      }),
    },
  };
}

function readSwitch(given: URLSearchParams, name: string): boolean | undefined {
  const value = given.get(name);
  if (value === null) return undefined;
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw wrong(`has ${name}=${value}: it is true or false.`);
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw wrong(`names the file ${file} in ssl-ca, which cannot be read.`, cause);
  }
}

/** Without the URL, which has a password in it. */
const wrong = (problem: string, cause?: unknown): VitrineError =>
  new VitrineError("CONFIG_INVALID", `A URL of MariaDB ${problem}`, { cause });
