import { type ErrorCode, errorCatalogue, VitrineError } from "../errors.ts";
import type { CommandContext } from "./context.ts";

/** What is asked of a gateway, as it is posted. */
export interface Question {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Whom to ask, and as who. */
export interface GatewayAddress {
  readonly url: string;
  /** Undefined: it asks nobody who they are. */
  readonly token: string | undefined;
}

export interface Answer {
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: unknown };
  }[];
}

/**
 * Prints the whole answer of a gateway.
 * @throws VitrineError with the code of its first error, when it has one
 */
export async function askForJson(
  { print, printJson, json, signal }: Pick<CommandContext, "print" | "printJson" | "json" | "signal">,
  gateway: GatewayAddress,
  question: Question,
): Promise<void> {
  const response = await post(gateway, question, "application/json", signal);
  const answer = await readAnswer(response);
  if (json) printJson(answer);
  else print(JSON.stringify(answer, null, 2));
  throwFirst(answer);
}

/** The whole answer of a gateway, whatever it says. */
export const askForAnswer = async (
  gateway: GatewayAddress,
  question: Question,
  signal: AbortSignal,
): Promise<Answer> => readAnswer(await post(gateway, question, "application/json", signal));

/**
 * The bytes of a file, as they come.
 * @throws VitrineError with the code of the gateway's refusal; EXPORT_FAILED, when it comes to that, for one that breaks off
 */
export async function askForFile(
  gateway: GatewayAddress,
  question: Question,
  accept: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const response = await post(gateway, question, accept, signal);
  if (response.ok && response.body) return wholeOf(response.body, signal);
  throwFirst(await readAnswer(response));
  throw new VitrineError("EXPORT_FAILED", `${gateway.url} answered ${response.status} and no file.`);
}

async function post(
  { url, token }: GatewayAddress,
  question: Question,
  accept: string,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: {
        ...{ "content-type": "application/json", accept },
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(question),
      signal,
    });
  } catch (cause) {
    if (signal.aborted) throw cancelled();
    throw new VitrineError("USAGE", `${url} cannot be reached. Name a gateway with --url, or leave it out.`, {
      cause,
    });
  }
}

async function* wholeOf(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    if (signal.aborted) throw cancelled();
    throw new VitrineError(
      "EXPORT_FAILED",
      "The rows broke off: the last line, or the log of the gateway, says why.",
      { cause },
    );
  }
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Answer; // a gateway answers nothing else
  } catch (cause) {
    throw new VitrineError(
      "USAGE",
      `${response.url} is no gateway: it answered ${response.status} and no JSON.`,
      { cause },
    );
  }
}

function throwFirst({ errors }: Answer): void {
  const [first] = errors ?? [];
  if (!first) return;
  const code = first.extensions?.code;
  // Rules of a domain have codes of their own.
  throw new VitrineError(isCode(code) ? code : "RULE_VIOLATED", first.message);
}

const isCode = (code: unknown): code is ErrorCode => typeof code === "string" && code in errorCatalogue;

const cancelled = () => new VitrineError("CANCELLED", "Stopped.");
