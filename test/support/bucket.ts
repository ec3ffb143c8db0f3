import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { startFauxqs } from "fauxqs";
import type { S3Access } from "../../src/exports/destinations/destination.ts";

/** A server of S3 on this machine, with one bucket, `exports`. */
export interface TestBucket {
  readonly access: S3Access;
  /**
   * Asked before a request is let through: an answer takes its place, as from a server that cannot take it. It may take its
   * time, or end a process meanwhile.
   */
  intercept(before: ((method: string, path: string) => Promise<RefusedRequest | null>) | null): void;
  /** Everything that can be seen in the bucket, by key. */
  read(): Promise<ReadonlyMap<string, Uint8Array>>;
  close(): Promise<void>;
}

export interface RefusedRequest {
  readonly status: number;
  /** The name of the error, as servers of this protocol have it. */
  readonly code: string;
}

export const secretOfBucket = "a-secret-that-nobody-may-see";

export async function openBucket(): Promise<TestBucket> {
  const server = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  server.createBucket("exports");
  let before: Parameters<TestBucket["intercept"]>[0] = null;
  const front = createServer(async (incoming, outgoing) => {
    const path = decodeURIComponent(incoming.url ?? "");
    const refused = (await before?.(incoming.method ?? "", path)) ?? null;
    if (refused) answer(outgoing, refused);
    else forward(server.port, incoming, outgoing);
  });
  await new Promise<void>((done) => front.listen(0, "127.0.0.1", done));
  const { port } = front.address() as AddressInfo; // it listens on a port
  const credentials = { accessKeyId: "exporter", secretAccessKey: secretOfBucket };
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: "us-east-1",
    forcePathStyle: true,
    credentials,
  });
  return {
    access: { endpoint: `http://127.0.0.1:${port}`, region: undefined, credentials },
    intercept(wanted) {
      before = wanted;
    },
    async read() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: "exports" }));
      const found = new Map<string, Uint8Array>();
      for (const { Key = "" } of Contents) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: "exports", Key }));
        found.set(Key, (await Body?.transformToByteArray()) ?? new Uint8Array());
      }
      return found;
    },
    async close() {
      front.closeAllConnections();
      await new Promise((done) => front.close(done));
      await server.stop();
    },
  };
}

function answer(outgoing: ServerResponse, { status, code }: RefusedRequest): void {
  outgoing.writeHead(status, { "content-type": "application/xml", connection: "close" });
  outgoing.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
}

function forward(port: number, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: "127.0.0.1", port, method, path: url, headers }, (reply) => {
    outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  incoming.on("error", () => onward.destroy());
  incoming.pipe(onward);
}
