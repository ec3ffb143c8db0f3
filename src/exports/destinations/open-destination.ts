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
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)(?:\/(.*?))?\/*$/i.exec(name) ?? [];
  if (scheme !== "s3" || bucket === undefined)
    throw new VitrineError("USAGE", `--to ${name}: write a folder, or s3://bucket/prefix.`);
  if (access === null)
    throw new VitrineError(
      "CONFIG_INVALID",
      `${name} needs an account: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (see .env.example).`,
    );
  // Only who writes to a bucket loads what speaks to one.
  const { openS3 } = await import("./s3.ts");
  return openS3(bucket, prefix, access);
}
