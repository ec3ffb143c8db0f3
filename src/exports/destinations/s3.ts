import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { VitrineError } from "../../errors.ts";
import type { WrittenFile } from "../write-file.ts";
import type { Destination, ListedFile, ListOptions, OpenedFile, S3Access } from "./destination.ts";
import { toS3Error } from "./s3-errors.ts";

/** Bytes per part: 80 GB per file, as there are 10,000 parts at most, and little memory. A smaller file goes in one request. */
const PART = 8 * 1024 * 1024;
/** An upload that is as old was left behind. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;
/** After so long without a byte a server is taken for one that does not answer; the client tries three times. */
const IDLE_MS = 60_000;
/** So long an upload that is given up is told so. */
const DISCARD_MS = 2000;

interface Bucket {
  /** Its errors are sentences. */
  readonly client: S3Client;
  readonly bucket: string;
  /** Of every key: empty, or with a slash at its end. */
  readonly prefix: string;
  /** Of what fails beside the client. */
  toError(error: unknown): unknown;
}

/**
 * A bucket of S3 or of what speaks its protocol, below a prefix. Objects are seen when they are whole.
 * @param idleMs how long the server may say nothing
 */
export function openS3(bucket: string, prefix: string, access: S3Access, idleMs = IDLE_MS): Destination {
  const { endpoint, region = "us-east-1", credentials } = access;
  const client = new S3Client({
    region,
    credentials,
    // Others than Amazon rarely have a host name per bucket.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    // Older servers refuse the checksums that the client would add; files have their own in the manifest.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: 5000, socketTimeout: idleMs },
  });
  const name = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
  const toError = (error: unknown) => toS3Error(error, name, bucket);
  client.middlewareStack.add(
    (next) => (request) =>
      next(request).catch((error: unknown) => {
        throw toError(error);
      }),
    { step: "initialize", priority: "high", name: "toVitrineError" },
  );
  const place: Bucket = { client, bucket, prefix: prefix === "" ? "" : `${prefix}/`, toError };
  return {
    name,
    list: (path, options) => listObjects(place, path, options),
    open: (path, signal) => openObject(place, path, signal),
    find: (path, signal) => openObject(place, path, signal).catch(nullIfMissing),
    write: (path, content, signal) => writeObject(place, path, { content, signal }),
    clean: (path, signal) => abortAbandoned(place, path, signal),
  };
}

async function listObjects(
  { client, bucket, prefix }: Bucket,
  path: string,
  { signal, after }: ListOptions,
): Promise<readonly ListedFile[]> {
  const found: ListedFile[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: path === "" ? prefix : `${prefix}${path}/`,
        ...(after === undefined ? {} : { StartAfter: `${prefix}${after}` }),
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      }),
      { abortSignal: signal },
    );
    for (const { Key = "", Size = 0 } of page.Contents ?? [])
      found.push({ path: Key.slice(prefix.length), bytes: Size });
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return found;
}

async function openObject(
  { client, bucket, prefix, toError }: Bucket,
  path: string,
  signal: AbortSignal,
): Promise<OpenedFile> {
  const object = { Bucket: bucket, Key: `${prefix}${path}` };
  const { ContentLength: byteLength = 0 } = await client.send(new HeadObjectCommand(object), {
    abortSignal: signal,
  });
  return {
    byteLength,
    slice: async (start: number, end: number = byteLength) => {
      if (end <= start) return new ArrayBuffer(0);
      const Range = `bytes=${start}-${end - 1}`;
      const { Body } = await client.send(new GetObjectCommand({ ...object, Range }), { abortSignal: signal });
      const bytes = await Body?.transformToByteArray().catch((error: unknown) => {
        throw toError(error);
      });
      return Uint8Array.from(bytes ?? []).buffer;
    },
    close: async () => {},
  };
}

const missing = new Set<unknown>(["NotFound", "NoSuchKey"]);

function nullIfMissing(error: unknown): null {
  if (error instanceof VitrineError && missing.has(error.details.code)) return null;
  throw error;
}

interface Content {
  readonly content: AsyncIterable<string | Uint8Array>;
  readonly signal: AbortSignal;
}

/** Sends all parts but the last step, which lets the object be seen. On failure nothing is left. */
async function writeObject(
  { client, bucket, prefix }: Bucket,
  path: string,
  { content, signal }: Content,
): Promise<WrittenFile> {
  const object = { Bucket: bucket, Key: `${prefix}${path}` };
  const hash = createHash("sha256");
  let bytes = 0;
  let UploadId: string | undefined;
  const Parts: { readonly ETag: string | undefined; readonly PartNumber: number }[] = [];
  const discard = async () => {
    if (UploadId === undefined) return;
    const upload = { ...object, UploadId };
    UploadId = undefined;
    // What cannot be ended now is ended by a later run, or by a rule of the bucket.
    const abortSignal = AbortSignal.timeout(DISCARD_MS);
    await client.send(new AbortMultipartUploadCommand(upload), { abortSignal }).catch(() => {});
  };
  let rest: Buffer = Buffer.alloc(0);
  const send = async (Body: Buffer) => {
    UploadId ??= (await client.send(new CreateMultipartUploadCommand(object), { abortSignal: signal }))
      .UploadId;
    const PartNumber = Parts.length + 1;
    const part = new UploadPartCommand({ ...object, UploadId, PartNumber, Body });
    const { ETag } = await client.send(part, { abortSignal: signal });
    Parts.push({ ETag, PartNumber });
  };
  try {
    for await (const piece of toPieces(content)) {
      signal.throwIfAborted();
      hash.update(piece);
      bytes += piece.length;
      if (rest.length > 0 && rest.length + piece.length > PART) {
        await send(rest);
        rest = Buffer.alloc(0);
      }
      rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    }
    if (UploadId !== undefined) await send(rest);
  } catch (error) {
    await discard();
    throw signal.aborted
      ? new VitrineError("CANCELLED", "The export was stopped; nothing of it is seen.", { cause: error })
      : error;
  }
  const publish = async () => {
    const abortSignal = signal;
    if (UploadId === undefined)
      await client.send(new PutObjectCommand({ ...object, Body: rest }), { abortSignal });
    else
      await client.send(
        new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts: [...Parts] } }),
        { abortSignal },
      );
    UploadId = undefined;
  };
  return { bytes, sha256: hash.digest("hex"), publish, discard };
}

/** Of at most a part each. */
async function* toPieces(content: AsyncIterable<string | Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    const bytes =
      typeof chunk === "string"
        ? Buffer.from(chunk)
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    for (let start = 0; start < bytes.length; start += PART) yield bytes.subarray(start, start + PART);
  }
}

const untold = new Set<unknown>(["NotImplemented", "MethodNotAllowed", "AccessDenied"]);

async function abortAbandoned(
  { client, bucket, prefix }: Bucket,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const uploads = await client
    .send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: `${prefix}${path}/` }), {
      abortSignal: signal,
    })
    .then(({ Uploads = [] }) => Uploads)
    .catch((error: unknown) => {
      // Some servers do not tell of uploads, and some accounts may not ask: the rules of the bucket end them there.
      if (error instanceof VitrineError && untold.has(error.details.code)) return [];
      throw error;
    });
  for (const { Key, UploadId, Initiated } of uploads)
    if (Initiated && Date.now() - Initiated.getTime() > ABANDONED_MS)
      await client
        .send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }), { abortSignal: signal })
        .catch(() => {});
}
