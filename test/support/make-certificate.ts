import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** The files of a certificate that signs itself, for a server that is called `host`. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes `<name>.pem` and `<name>.key` in a folder. */
export function makeCertificate(folder: string, name: string, host: string): Certificate {
  const cert = join(folder, `${name}.pem`);
  const key = join(folder, `${name}.key`);
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${host}`],
      ...["-addext", `subjectAltName=DNS:${host}`, "-keyout", key, "-out", cert],
    ],
    { stdio: "ignore" },
  );
  return { cert, key };
}
