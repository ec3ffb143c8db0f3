import type { App } from "../app/open-app.ts";
import { tellOnSocket } from "../local/tell-on-socket.ts";
import { readWholeStatus } from "./read-status.ts";
import { statusKey } from "./status-key.ts";

/**
 * Tells `vitrine status` of this folder how the stack is, until `close()`. Not when a part does not answer: whoever asks
 * then looks for himself, as without this. A process that can tell nobody works on all the same.
 */
export async function answerStatus(app: App): Promise<{ close(): void }> {
  const nothing = { close: () => {} };
  const key = statusKey(app.config, app.project);
  const socket = key === null ? null : app.stack.socket();
  if (socket === null) return nothing;
  const tell = async () => {
    const status = await readWholeStatus(app);
    return status && JSON.stringify({ key, status });
  };
  return tellOnSocket(socket, tell).catch((error: unknown) => {
    app.logger.warn({ err: error }, "cannot tell `vitrine status` how the stack is");
    return nothing;
  });
}
