import { MongoNetworkError } from "mongodb";
import { Connection } from "mongodb/lib/cmap/connection.js";

const mended = Symbol("mended");

/**
 * A command that is written to a socket which closes waits for room in its buffer, and that never comes: the driver (7.8, 7.9) hears
 * errors there, and a socket that was destroyed, or ended by its peer, only closes. An operation then hangs until its time is up,
 * a loader's for ever; and so does the watch over a server, which is never looked at again. With this it fails as by any
 * network error, which the driver tries again. Does nothing the second time.
 */
export function mendDriver(): void {
  const { prototype } = Connection;
  const { writeCommand } = prototype;
  if (mended in writeCommand) return;
  const write: typeof writeCommand = function (this: Connection, ...args) {
    const { socket, address } = this;
    return new Promise((resolve, reject) => {
      const fail = () =>
        reject(new MongoNetworkError(`The connection to ${address} was closed while a command was written.`));
      socket.once("close", fail);
      writeCommand
        .apply(this, args)
        .then(resolve, reject)
        .finally(() => socket.off("close", fail));
    });
  };
  prototype.writeCommand = Object.assign(write, { [mended]: true });
}
