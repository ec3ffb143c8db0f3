import type { Run, RunFilter } from "../core/read-runs.ts";
import type { CubeModel } from "../models/cube.ts";
import type { ProcedureDefinition } from "../models/procedure.ts";
import type { CubeQuery } from "../stores/cube-store.ts";
import type { ProcedureAnswer } from "../stores/mariadb/call-procedure.ts";
import type { Pace } from "./answer-pace.ts";
import type { Explainer } from "./explain.ts";
import type { LiveCubes } from "./live-cubes.ts";
import type { LiveDocuments } from "./live-documents.ts";
import type { RequestReads } from "./reads.ts";
import type { SizeOf } from "./roll-up-sizes.ts";

/** What resolvers know about the request that they work for. */
export interface RequestContext {
  readonly reads: RequestReads;
  /** Who asks, by name (clientOf): several connections may be theirs. */
  readonly client: string;
  /** Listens to the reads of a request that asks how it is answered. */
  readonly explainer: Explainer | undefined;
  /** How the answer is put together. */
  readonly pace: Pace;
  /** The token that the request's header names, as it came. */
  readonly afterWriteHeader: string | undefined;
  /** Documents that subscriptions follow. */
  readonly documents: LiveDocuments;
  /** Questions to cubes that subscriptions follow. */
  readonly liveCubes: LiveCubes;
  /** How large roll-ups are: the smallest that covers a question answers it. */
  readonly sizeOf: SizeOf | undefined;
  /** Notes a question to a cube, how long its answer took, and whether a roll-up covers it. */
  noteQuestion(
    cube: CubeModel,
    query: CubeQuery,
    answer: { readonly ms: number; readonly isCovered: boolean },
  ): void;
  /** What the run log says. */
  readRuns(filter: RunFilter): Promise<readonly Run[]>;
  /** Calls a procedure with arguments in canonical form. */
  call(procedure: ProcedureDefinition, args: Readonly<Record<string, unknown>>): Promise<ProcedureAnswer>;
}
