import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** HAProxy in front of gateways, until `close`. */
export interface HaProxy {
  readonly port: number;
  /** How many gateways requests are sent to. */
  ready(): Promise<number>;
  close(): Promise<void>;
}

/** A port of this machine that nobody has. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  server.close();
  await once(server, "close");
  return port;
}

/** Starts HAProxy with the settings of deploy/compose, in front of the gateways on these ports of this machine. */
export async function openHaProxy(gateways: readonly number[]): Promise<HaProxy> {
  const [port, watched] = [await findFreePort(), await findFreePort()];
  const shipped = await readFile("deploy/compose/haproxy.cfg", "utf8");
  const settings = gateways.reduce(
    (text, gateway, index) => text.replace(` gateway-${index + 1}:4000`, ` 127.0.0.1:${gateway}`),
    shipped
      .replace("bind :4000", `bind 127.0.0.1:${port}`)
      // Here is no resolver of containers' names.
      .replace(" resolvers containers init-addr libc,none", "")
      .replace(/^resolvers[\s\S]*/m, ""),
  );
  const folder = await mkdtemp(join(tmpdir(), "vitrine-haproxy-"));
  const file = join(folder, "haproxy.cfg");
  await writeFile(
    file,
    `${settings}\nlisten watched\n    bind 127.0.0.1:${watched}\n    stats enable\n    stats uri /stats\n`,
  );
  const child = spawn("haproxy", ["-f", file], { stdio: "ignore" });
  const exited = once(child, "exit");
  return {
    port,
    async ready() {
      const table = await fetch(`http://127.0.0.1:${watched}/stats;csv`).then((response) => response.text());
      return table.split("\n").filter((line) => /^gateways,gateway-/.test(line) && line.includes(",UP,"))
        .length;
    },
    async close() {
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
