import { VitrineError } from "../../errors.ts";
import type { Destination, S3Access } from "./destination.ts";
import { openFolder } from "./folder.ts";

/**
 * Opens the destination that `--to` names: `s3://bucket/prefix`, or a folder. `access`: of a bucket; null: the environment names no account.
 * @throws VitrineError USAGE for an address that is none; CONFIG_INVALID for a bucket without an account
 */
export async function openDestination(name: string, access: S3Access | null): Promise<Destination> {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(name)?.[1]?.toLowerCase();
  if (scheme === undefined) return openFolder(name);
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]+)(?:\/(.*?))?\/*$/i.exec(name) ?? [];
  if (scheme !== "s3" || !isBucketName(bucket))
    throw new VitrineError(
      "USAGE",
      `--to ${withoutAccount(name)}: write a folder, or s3://bucket/prefix; the account is named by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
    );
  if (access === null)
    throw new VitrineError(
      "CONFIG_INVALID",
      `${name} needs an account: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (see .env.example).`,
    );
  // Only who writes to a bucket loads what speaks to one.
  const { openS3 } = await import("./s3.ts");
  return openS3(bucket, prefix, access);
}

/** As Amazon has them, older ones included. */
const isBucketName = (text: string): boolean => /^[a-z0-9][a-z0-9._-]{1,253}[a-z0-9]$/i.test(text);

/** What stands before an `@` may be a secret. */
const withoutAccount = (address: string): string => address.replace(/^([^:]+:\/\/).*@/s, "$1…@");
