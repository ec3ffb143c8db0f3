import type { WrittenFile } from "../write-file.ts";

/** Where files of exports are kept: a folder, or a bucket. Paths have `/` between their parts. */
export interface Destination {
  /** As people name it, without any secret. */
  readonly name: string;
  /** The files below this path, at any depth, that are complete. None when there is nothing. */
  list(path: string, options: ListOptions): Promise<readonly ListedFile[]>;
  /** @throws VitrineError EXPORT_FAILED when it is not there */
  open(path: string, signal: AbortSignal): Promise<OpenedFile>;
  /** The same; null when it is not there. */
  find(path: string, signal: AbortSignal): Promise<OpenedFile | null>;
  /** Writes a file that nobody sees before it is published. */
  write(path: string, content: AsyncIterable<string | Uint8Array>, signal: AbortSignal): Promise<WrittenFile>;
  /** Removes what runs that died have left, and nobody sees: unless it is younger than an hour, or younger than that of the place. */
  clean(path: string, signal: AbortSignal): Promise<void>;
}

export interface ListOptions {
  readonly signal: AbortSignal;
  /** Only paths that sort behind this one: nobody looks at the others. Default: all. */
  readonly after?: string | undefined;
}

export interface ListedFile {
  readonly path: string;
  readonly bytes: number;
}

/** A file that is read piece by piece, as readers of Parquet want it. */
export interface OpenedFile {
  readonly byteLength: number;
  /** The bytes from `start` up to `end`, exclusive. */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

/** How a bucket is reached. */
export interface S3Access {
  /** Of a server that is not Amazon's. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}
