import { closeSync, constants, openSync } from "node:fs";
import { connect, createServer } from "node:net";
import { basename, dirname } from "node:path";

/**
 * Tells whoever connects to a Unix socket what `tell` gives, and nothing where that is null or fails; until `close()`,
 * which removes the socket. It reads nothing. Who may connect is for the mode of the socket's folder to say.
 * @throws the error of the system when the socket cannot be made
 */
export async function tellOnSocket(
  path: string,
  tell: () => Promise<string | null>,
): Promise<{ close(): void }> {
  const folder = openFolderOf(path);
  const server = createServer((socket) => {
    socket.on("error", () => {}); // who asked has left
    socket.unref().resume();
    tell().then(
      (text) => socket.end(text ?? ""),
      () => socket.destroy(),
    );
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(folder.address, resolve);
    });
  } catch (error) {
    folder.close();
    throw error;
  }
  // A connection that could not be taken is no reason to end.
  server.on("error", () => {}).unref();
  return {
    close: () => {
      server.close();
      folder.close();
    },
  };
}

/** What is told on a socket; null when nobody tells anything, or not all of it before the signal is aborted. */
export async function readSocket(path: string, signal: AbortSignal): Promise<string | null> {
  try {
    const folder = openFolderOf(path);
    try {
      let text = "";
      const socket = connect({ path: folder.address, signal });
      for await (const chunk of socket.setEncoding("utf8")) text += chunk;
      return text === "" ? null : text;
    } finally {
      folder.close();
    }
  } catch {
    return null;
  }
}

/** A socket's address has at most 107 bytes, which the path of a folder may exceed: so the folder goes by a number. */
function openFolderOf(path: string): { readonly address: string; close(): void } {
  const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  return { address: `/proc/self/fd/${folder}/${basename(path)}`, close: () => closeSync(folder) };
}
