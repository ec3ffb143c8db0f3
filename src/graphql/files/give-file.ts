import type { ServerResponse } from "node:http";
import type { GraphQLError } from "graphql";
import { type ErrorCode, VitrineError } from "../../errors.ts";
import { sendJson } from "../../monitor/http-server.ts";
import { clientOf } from "../client-of.ts";
import { toGraphQLError } from "../graphql-errors.ts";
import { reportErrors } from "../report-answers.ts";
import type { GatewayOptions, RequestState } from "../yoga.ts";
import type { FileForm } from "./file-format.ts";
import type { FileTurns } from "./file-turns.ts";
import { breakOff, type SentFile, sendFile } from "./send-file.ts";

/** What is known of a request for a file. */
export interface FileRequest {
  readonly state: Omit<RequestState, "answering">;
  readonly response: ServerResponse;
  readonly turns: FileTurns;
  readonly options: Pick<GatewayOptions, "metrics" | "logger" | "proxies">;
}

/**
 * Answers with the file that `work` sends, in its turn and within its time. What is wrong before its first byte is told in
 * JSON, with a status of its own; what is wrong later breaks the file off.
 * @param work its signal is aborted with the error to answer with, when nobody waits for the file any more
 */
export async function giveFile(
  { state, response, turns, options }: FileRequest,
  work: (signal: AbortSignal, send: (form: FileForm, file: SentFile) => Promise<void>) => Promise<void>,
): Promise<void> {
  const { requestId } = state.exchange;
  state.exchange.isFile = true;
  const { signal, stop } = limitFile(state, turns.limits.timeoutMs);
  let release: (() => void) | undefined;
  let format: FileForm["format"] | undefined;
  try {
    release = turns.take(clientOf(state.req, state.principal, options.proxies ?? 0));
    await work(signal, async (form, file) => {
      format = form.format;
      const bytes = await sendFile(response, form, file, signal);
      options.logger.info({ requestId, file: file.name, format, bytes }, "file sent");
    });
  } catch (error) {
    const coded = toGraphQLError(signal.aborted ? signal.reason : error);
    reportErrors(options, state.exchange, [coded]);
    if (response.destroyed) return;
    if (!response.headersSent) return refuse(response, coded);
    options.logger.warn({ requestId, code: coded.extensions.code, reason: coded.message }, "file broken off");
    await breakOff(response, format, coded.message);
  } finally {
    stop();
    release?.();
  }
}

function limitFile({ onEnd }: Pick<RequestState, "onEnd">, timeoutMs: number) {
  const controller = new AbortController();
  const stopAt = new VitrineError(
    "QUERY_TIMEOUT",
    `The file took longer than ${timeoutMs} ms. Ask for less, or raise VITRINE_FILE_TIMEOUT_MS.`,
  );
  const timer = setTimeout(() => controller.abort(stopAt), timeoutMs);
  onEnd((finished) => {
    clearTimeout(timer);
    if (!finished) controller.abort(new VitrineError("CANCELLED", "The client closed the connection."));
  });
  return { signal: controller.signal, stop: () => clearTimeout(timer) };
}

function refuse(response: ServerResponse, error: GraphQLError): void {
  const { code, retryAfterSeconds } = error.extensions;
  if (typeof retryAfterSeconds === "number") response.setHeader("retry-after", retryAfterSeconds);
  const status = statuses[code as ErrorCode] ?? (retryAfterSeconds === undefined ? 400 : 429);
  sendJson(response, status, { errors: [error] });
}

/** Of errors that are not the client's: who fetches files looks at the status first. */
const statuses: Partial<Readonly<Record<ErrorCode, number>>> = {
  FORBIDDEN: 403,
  UNKNOWN_MODEL: 404,
  SOURCE_UNAVAILABLE: 503,
  MIRROR_UNAVAILABLE: 503,
  OVERLOADED: 503,
  QUERY_TIMEOUT: 504,
  DOCUMENT_INVALID: 500,
  INTERNAL: 500,
};
