import type { IncomingMessage } from "node:http";
import type { ErrorCode } from "../errors.ts";
import type { Logger } from "../log.ts";
import { addressOf } from "./client-of.ts";

/** Tells the log of somebody who was not let in: why, from where and to what; never by which key or token. */
export type NoteRefusal = (code: ErrorCode, request: IncomingMessage) => void;

const MINUTE_MS = 60_000;
/** Lines of one minute: more addresses than these are a flood, which is told of as one. */
const MOST_LINES = 20;
/** Nobody's path is longer, but for who wants to fill the log. */
const MOST_PATH = 200;

interface RefusalOptions {
  readonly logger: Pick<Logger, "warn">;
  readonly proxies?: number;
}

/** One line for the first refusal of an address and code in a minute; at its end one for all others, if there were any. */
export function createRefusalLog({ logger, proxies = 0 }: RefusalOptions): NoteRefusal {
  const told = new Set<string>();
  let others = 0;
  let isCounting = false;
  const endMinute = () => {
    if (others > 0) logger.warn({ times: others }, "more were not let in");
    others = 0;
    told.clear();
    isCounting = false;
  };
  return (code, request) => {
    if (!isCounting) setTimeout(endMinute, MINUTE_MS).unref();
    isCounting = true;
    const address = addressOf(request, proxies);
    const kind = `${code} ${address}`;
    if (told.has(kind) || told.size >= MOST_LINES) {
      others += 1;
      return;
    }
    told.add(kind);
    const path = request.url?.split("?", 1)[0]?.slice(0, MOST_PATH);
    logger.warn({ code, address, path }, "not let in");
  };
}
