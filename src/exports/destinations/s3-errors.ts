import { VitrineError } from "../../errors.ts";

const denied =
  "check the account in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what the bucket allows it";
const full = "make room in it, or raise its quota";

/** What servers of this protocol say, and what a person does about it. Names of errors are those of the servers. */
const reasons: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  NoSuchBucket: ["there is no such bucket", "make it, or name another with --to"],
  NoSuchKey: ["a file is missing in it", "put it back from a copy, or begin another destination"],
  NotFound: ["it, or a file in it, is missing", "put it back from a copy, or begin another destination"],
  AccessDenied: ["access is denied", denied],
  Forbidden: ["access is denied", denied],
  InvalidAccessKeyId: ["it does not know the account", denied],
  SignatureDoesNotMatch: ["the secret of the account is wrong", denied],
  ExpiredToken: ["the session of the account has ended", denied],
  QuotaExceeded: ["it is full", full],
  InsufficientStorage: ["it is full", full],
  XMinioStorageFull: ["it is full", full],
  PermanentRedirect: ["it is in another region", "name that in AWS_REGION"],
  RequestTimeTooSkewed: ["the clock of this machine differs too much from its own", "set the clock"],
};

/** Statuses, where a server gives no name. */
const names: Readonly<Record<number, string>> = {
  403: "Forbidden",
  404: "NotFound",
  507: "InsufficientStorage",
};

/**
 * An error of the client as a sentence about the destination. What the client itself says goes no further: it holds the request,
 * with the account.
 */
export function toS3Error(error: unknown, name: string, bucket: string): unknown {
  if (error instanceof VitrineError || !(error instanceof Error)) return error;
  const status = statusOf(error);
  const code = error.name in reasons ? error.name : (names[status ?? 0] ?? error.name);
  const known = reasons[code];
  if (known) return fail(`${name} cannot be used: ${known[0]} (bucket ${bucket}); ${known[1]}.`, code);
  if (status !== undefined && (status < 500 || status === 501))
    return fail(`${name} refuses the request (${code}, status ${status}).`, code);
  if (status !== undefined || isNetworkFault(error))
    return fail(
      `${name} does not answer (${codeOf(error) ?? code}). The next run goes on where this one began.`,
      code,
    );
  return error;
}

const fail = (message: string, code: string): VitrineError =>
  new VitrineError("EXPORT_FAILED", message, { details: { code } });

function statusOf(error: Error): number | undefined {
  if (!("$metadata" in error) || typeof error.$metadata !== "object" || error.$metadata === null)
    return undefined;
  const { httpStatusCode } = error.$metadata as { readonly httpStatusCode?: unknown }; // the client's own record
  return typeof httpStatusCode === "number" ? httpStatusCode : undefined;
}

const codeOf = (error: Error): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined;

const isNetworkFault = (error: Error): boolean =>
  error.name === "TimeoutError" ||
  error.name === "NetworkingError" ||
  codeOf(error)?.startsWith("E") === true;
