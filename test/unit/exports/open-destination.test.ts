import { expect, test } from "vitest";
import { openDestination } from "../../../src/exports/destinations/open-destination.ts";

const access = {
  endpoint: undefined,
  region: undefined,
  credentials: { accessKeyId: "exporter", secretAccessKey: "x" },
};

test.each([
  "s3://key:hush@bucket/shop",
  "s3://key:hu/sh@bucket/shop",
  "S3://key:hush@bucket",
  "https://key:hush@s3.example.com/bucket",
])("%s holds an account: it is refused, and who reads that learns no secret", async (name) => {
  const error: unknown = await openDestination(name, access).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "USAGE", message: expect.stringContaining("AWS_ACCESS_KEY_ID") });
  expect(String(error)).not.toMatch(/key:|hu/);
});

test("a bucket is named by what may be its name, with a prefix of any letters", async () => {
  expect((await openDestination("s3://my.bucket-1/a@b/c", access)).name).toBe("s3://my.bucket-1/a@b/c");
  for (const name of ["s3://", "s3://a", "s3://-bucket", "s3://buck et/x"])
    await expect(openDestination(name, access), name).rejects.toMatchObject({ code: "USAGE" });
});
