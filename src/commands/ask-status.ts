import type { Config } from "../config.ts";
import type { LoadedProject } from "../load-project.ts";
import { givenUsersDir, listSockets, usersDir } from "../local/stack-users.ts";
import { readSocket } from "../local/tell-on-socket.ts";
import { endAfter } from "../stores/time-limit.ts";
import type { StackStatus } from "./read-status.ts";
import { statusKey } from "./status-key.ts";

/** Who hangs is not waited for. */
const LIMIT_MS = 1000;

/**
 * How a stack is by its own account: one that runs from this folder, of this very build, project and servers. Null when
 * none tells within a second. Needs no driver of a database, which is most of what `vitrine status` cost.
 */
export async function askStatus(
  config: Config,
  project: LoadedProject,
  signal: AbortSignal,
): Promise<StackStatus | null> {
  const key = statusKey(config, project);
  if (key === null) return null;
  const { dataDir, mariadbReaderUrl, mongodbUrl } = config;
  const areGiven = mariadbReaderUrl !== undefined && mongodbUrl !== undefined;
  const folder = areGiven ? givenUsersDir(dataDir, mariadbReaderUrl, mongodbUrl) : usersDir(dataDir);
  const told = new AbortController();
  const limit = endAfter(LIMIT_MS, signal, told.signal);
  // All at once: one that hangs holds up no other.
  const answers = listSockets(folder).map(async (socket) => {
    const text = await readSocket(socket, limit);
    const answer = text === null ? null : parse(text);
    return answer?.key === key ? answer.status : Promise.reject(new Error("Not this stack."));
  });
  const status = await Promise.any(answers).catch(() => null);
  told.abort();
  return status;
}

/** Null for what was cut off. An equal key means that it was written by this very build. */
function parse(text: string): { readonly key: string; readonly status: StackStatus } | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
