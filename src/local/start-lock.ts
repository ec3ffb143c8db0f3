import { statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { VitrineError } from "../errors.ts";

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once when another command holds the lock. */
  readonly onWait?: () => void;
  readonly timeoutMs?: number;
}

/**
 * Runs `work` while no other command starts or stops servers of this folder. The lock is an abstract
 * socket named after the folder's inode: the kernel gives it to one process and takes it back when that
 * process ends, however it ends, so there is no stale lock to recognise.
 * @throws VitrineError SETUP_FAILED when it is held for longer than `timeoutMs`, CANCELLED
 */
export async function withStartLock<T>(
  folder: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { dev, ino } = statSync(folder, { bigint: true });
  const name = `\0vitrine-${dev}-${ino}`;
  const deadline = Date.now() + (options.timeoutMs ?? 180_000);
  let lock = await tryListen(name);
  if (!lock) options.onWait?.();
  while (!lock) {
    if (options.signal?.aborted) throw new VitrineError("CANCELLED", "Stopped.");
    if (Date.now() > deadline) {
      const message = `Another command has been starting or stopping the servers of ${folder} for too long. End it and try again.`;
      throw new VitrineError("SETUP_FAILED", message);
    }
    await sleep(50);
    lock = await tryListen(name);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

const tryListen = (name: string): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(null) : reject(error),
    );
    server.listen(name, () => {
      server.unref();
      resolve(server);
    });
  });
