import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { VitrineError } from "../../errors.ts";

/** How a connection to MariaDB is encrypted, as its driver wants to be told. */
export interface MariaDbTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Whether the certificate must be signed by a known authority. */
  readonly rejectUnauthorized: boolean;
  /** Whether it must name the host, too. */
  readonly verifyIdentity: boolean;
}

/** The files that a URL names, for programs that read them themselves. */
export interface TlsFiles {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** What a URL may say behind its `?` about encryption. */
export const tlsParameters = ["ssl-mode", "ssl-ca", "ssl-cert", "ssl-key", "ssl", "ssl-verify"] as const;
type TlsParameter = (typeof tlsParameters)[number];

const modes = ["disabled", "required", "verify_ca", "verify_identity"] as const;
type Mode = (typeof modes)[number];

/**
 * Reads how to encrypt. `ssl-mode` is `disabled`, `required` (encrypts, whoever answers), `verify_ca` (only with a server
 * whose certificate a known authority has signed) or `verify_identity` (and names the host). Without it: `ssl=true`, or
 * any of the files, means the strictest that the host allows, `ssl-verify=false` means `required`.
 * @param host empty for a Unix socket
 * @returns null: not encrypted
 * @throws VitrineError CONFIG_INVALID that names the parameter
 */
export function readTls(
  given: URLSearchParams,
  host: string,
): { readonly tls: MariaDbTls | null; readonly files: TlsFiles } {
  const file = (name: TlsParameter) => given.get(name) ?? undefined;
  const files = { ca: file("ssl-ca"), cert: file("ssl-cert"), key: file("ssl-key") };
  const isNamed = host !== "" && isIP(host) === 0;
  const mode = readMode(given, isNamed);
  if ((files.cert === undefined) !== (files.key === undefined))
    throw wrongUrl("has one of ssl-cert and ssl-key: the certificate and its key belong together.");
  if (mode === "disabled") {
    const idle = (["ssl-ca", "ssl-cert", "ssl-verify"] as const).find((name) => given.has(name));
    if (idle)
      throw wrongUrl(`does not encrypt (ssl=false or ssl-mode=disabled) beside ${idle}: leave one out.`);
    return { tls: null, files };
  }
  if (mode === "required" && files.ca !== undefined)
    throw wrongUrl(
      "names an authority in ssl-ca that is not asked: say ssl-mode=verify_ca or verify_identity.",
    );
  if (mode === "verify_identity" && !isNamed)
    throw wrongUrl(
      "wants the server's name proven (ssl-mode=verify_identity), but gives no name: name the host, or say verify_ca.",
    );
  return {
    files,
    tls: {
      ...(files.ca !== undefined && { ca: readPem("ssl-ca", files.ca) }),
      ...(files.cert !== undefined && { cert: readPem("ssl-cert", files.cert) }),
      ...(files.key !== undefined && { key: readPem("ssl-key", files.key) }),
      rejectUnauthorized: mode !== "required",
      verifyIdentity: mode === "verify_identity",
    },
  };
}

function readMode(given: URLSearchParams, isNamed: boolean): Mode {
  const text = given.get("ssl-mode");
  if (text !== null) {
    const other = (["ssl", "ssl-verify"] as const).find((name) => given.has(name));
    if (other) throw wrongUrl(`has ${other} beside ssl-mode, which says all: leave ${other} out.`);
    const mode = modes.find((one) => one === text.toLowerCase());
    if (mode === undefined) throw wrongUrl(`has ssl-mode=${text}: it is one of ${modes.join(", ")}.`);
    return mode;
  }
  const isVerified = readSwitch(given, "ssl-verify");
  const hasFile = tlsParameters.some((name) => name !== "ssl" && given.has(name));
  if (!(readSwitch(given, "ssl") ?? hasFile)) return "disabled";
  if (isVerified === false) return "required";
  return isNamed ? "verify_identity" : "verify_ca";
}

function readSwitch(given: URLSearchParams, name: TlsParameter): boolean | undefined {
  const value = given.get(name);
  if (value === null) return undefined;
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw wrongUrl(`has ${name}=${value}: it is true or false.`);
}

function readPem(name: TlsParameter, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw wrongUrl(`names the file ${file} in ${name}, which cannot be read.`, cause);
  }
  if (!text.includes("-----BEGIN "))
    throw wrongUrl(`names the file ${file} in ${name}, which is no PEM file.`);
  return text;
}

/** Of an address that is refused, which is not told: it has a password in it. */
export const wrongUrl = (problem: string, cause?: unknown): VitrineError =>
  new VitrineError("CONFIG_INVALID", `A URL of MariaDB ${problem}`, { cause });
