/** What the loader tells about its work, for metrics and progress. */
export type LoaderEvent =
  | { readonly type: "resolved"; readonly changes: number; readonly queued: number }
  /** Changes that need not be resolved, because every model is rebuilt. */
  | { readonly type: "dropped"; readonly changes: number }
  /** A queue that is longer than its model: it is forgotten, and the model rebuilt. */
  | { readonly type: "forgotten"; readonly model: string; readonly rows: number }
  | {
      readonly type: "applied";
      readonly model: string;
      readonly kind: "changes" | "rebuild";
      readonly position: bigint;
      readonly written: number;
      readonly skipped: number;
      /** Documents that could not be built or stored. */
      readonly rejected: number;
      /** From the opening of the snapshot to the acknowledgement. */
      readonly ms: number;
    }
  /** Both servers belong together; `capture` says what keeps changes from being logged, null: nothing. */
  | { readonly type: "guarded"; readonly capture: string | null }
  | { readonly type: "verified"; readonly model: string; readonly checked: number; readonly defects: number }
  | { readonly type: "rebuilt"; readonly model: string }
  | { readonly type: "failed"; readonly scope: string; readonly error: unknown };

export type OnLoaderEvent = (event: LoaderEvent) => void;

/** How one model is doing in this process. */
export interface WorkerStatus {
  readonly model: string;
  readonly state: "starting" | "following" | "rebuilding" | "failing" | "refusing";
  /** Of the last failure, until a batch succeeds. */
  readonly problem: string | null;
}
