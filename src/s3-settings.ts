import { z } from "zod";
import { optionalUrl } from "./config-values.ts";

/** Who writes to buckets, and where these are. */
export interface S3Account {
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Variables of buckets: a part of configSchema. */
export const s3Settings = {
  AWS_ACCESS_KEY_ID: z.string().optional().describe("Account that writes exports to a bucket."),
  AWS_SECRET_ACCESS_KEY: z.string().optional().describe("Its secret."),
  AWS_SESSION_TOKEN: z.string().optional().describe("Its session, where it has one."),
  AWS_REGION: z.string().optional().describe("Region of the bucket. Default: `us-east-1`."),
  AWS_ENDPOINT_URL: optionalUrl(["http", "https"]).describe(
    "Server of the bucket, where that is not Amazon's, e.g. `https://minio.example:9000`.",
  ),
};

const schema = z.object(s3Settings);

/** The account that an environment states; null: it states none. */
export function readS3(env: z.output<typeof schema>): S3Account | null {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  const session = env.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: env.AWS_SESSION_TOKEN };
  return {
    endpoint: env.AWS_ENDPOINT_URL,
    region: env.AWS_REGION,
    credentials: { accessKeyId, secretAccessKey, ...session },
  };
}
