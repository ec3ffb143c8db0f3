declare module "mongodb/lib/cmap/connection.js" {
  /** The driver's connection to a server, which it does not export. */
  export class Connection {
    /** A number in the pool, a name for the watch over a server. */
    readonly id: number | "<monitor>";
    readonly address: string;
    readonly socket: import("node:net").Socket;
    writeCommand(...args: unknown[]): Promise<void>;
  }
}
