import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "../../src/config.ts";
import { findMariaDb } from "../../src/local/find-programs.ts";
import { chooseFreePort } from "../../src/local/free-port.ts";
import { findGalera } from "../../src/local/galera.ts";
import { describeMariaDb, toMariaDbUrl } from "../../src/local/private-mariadb.ts";
import type { ServerSpec } from "../../src/local/private-server.ts";
import { withClock } from "./fake-clock.ts";
import { type GaleraNode, openGaleraNode, type StartOptions } from "./galera-node.ts";

/** Servers that commit together, each of which may be written to. */
export interface GaleraCluster {
  readonly nodes: readonly GaleraNode[];
  /** URL of the database `vitrine`, through a node or any port that leads to one. */
  url(port: number, account?: ClusterAccount): string;
  /** The same with all nodes: the product's own way of finding one. */
  address(account?: ClusterAccount): string;
  /**
   * Starts a node that was killed once the others know that it is gone: a group that one member leaves and joins at once may be
   * nobody's majority (Galera 26.4.23, tried), and stays so.
   */
  bringBack(node: GaleraNode): Promise<void>;
  close(): Promise<void>;
}

type ClusterAccount = "vitrine_admin" | "vitrine_loader" | "vitrine_writer";

export interface GaleraOptions {
  /** Default: three. */
  readonly nodes?: number;
  /** Beside those of a private server, for each node. */
  readonly args?: readonly string[];
  /** How wrong the clock of each node is, `+1h`; default: not at all. */
  readonly clocks?: readonly string[];
}

/** Why no cluster can be started on this machine; null when one can. */
export function findMissingGalera(): string | null {
  const config = readConfig(process.env);
  if (!findMariaDb(config)) return "MariaDB is not installed here: `npm test` installs it.";
  if (!findGalera(config))
    return "Galera is not installed here: `npm test` installs it, given the rights (or: apt-get install galera-4 rsync mariadb-server).";
  return null;
}

/** What a node has beside a private server: small, and quick to find out that another is gone. */
const small = ["--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M", "--max-connections=300"];
const provider =
  "gcache.size=64M;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT4S;evs.keepalive_period=PT0.5S;evs.inactive_check_period=PT0.5S";

const accountsFile = join("mariadb", "data", "accounts.json");

interface Ports {
  readonly sql: number;
  readonly group: number;
  readonly missing: number;
  readonly whole: number;
}

/** Starts nodes on loopback, one after the other: the first is set up, the others copy it (about three seconds each). */
export async function openGaleraCluster(options: GaleraOptions = {}): Promise<GaleraCluster> {
  const config = readConfig(process.env);
  const program = findMariaDb(config);
  const galera = findGalera(config);
  if (!program || !galera) throw new Error(findMissingGalera() ?? "");
  const dir = await mkdtemp(join(tmpdir(), "vitrine-galera-"));
  chmodSync(dir, 0o755); // the account of the nodes must come through
  const owner = findOwner();
  const ports = await choosePorts(options.nodes ?? 3);
  const members = ports.map(({ group }) => `127.0.0.1:${group}`).join(",");
  const env = { ...process.env, PATH: copyScripts(dir, galera.searchPath) };
  const specs = ports.map((_, index) =>
    describeMariaDb(join(dir, String(index + 1)), program, config.searchPath),
  );
  const url: GaleraCluster["url"] = (port, account = "vitrine_admin") =>
    toMariaDbUrl(join(dir, "accounts"), account, port);
  const nodes = ports.map((own, index): GaleraNode => {
    const spec = specs[index] as ServerSpec; // one for each
    const clock = options.clocks?.[index];
    const name = `node${index + 1}`;
    return openGaleraNode({
      name,
      port: own.sql,
      folder: spec.folder,
      program: spec.program,
      env: clock === undefined ? env : withClock(env, clock),
      get adminUrl() {
        return url(own.sql);
      },
      toArguments: ({ isFirst = false }: StartOptions) => [
        ...spec.toArguments(own.sql).filter((one) => one !== "--skip-log-bin" && !one.startsWith("--user=")),
        ...small,
        ...(owner ? [`--user=${owner}`] : []),
        `--server-id=${index + 1}`,
        "--binlog-format=ROW",
        "--innodb-autoinc-lock-mode=2",
        "--wsrep-on=1",
        `--wsrep-provider=${galera.library}`,
        "--wsrep-cluster-name=vitrine",
        `--wsrep-cluster-address=gcomm://${isFirst ? "" : members}`,
        `--wsrep-node-name=${name}`,
        "--wsrep-node-address=127.0.0.1",
        `--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:${own.group};ist.recv_addr=127.0.0.1:${own.missing};${provider}`,
        "--wsrep-sst-method=rsync",
        `--wsrep-sst-receive-address=127.0.0.1:${own.whole}`,
        "--wsrep-slave-threads=4",
        ...(options.args ?? []),
      ],
    });
  });
  const close = async () => {
    await Promise.all(nodes.map((node) => node.kill()));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    for (const [index, node] of nodes.entries()) {
      await prepare(specs[index] as ServerSpec, owner, index === 0);
      // Kept aside: the first may lose its disk too.
      if (index === 0)
        cpSync(join(dir, "1", accountsFile), join(dir, "accounts", accountsFile), { recursive: true });
      await node.start({ isFirst: index === 0 });
    }
    const hosts = ports.map(({ sql }) => `127.0.0.1:${sql}`);
    const address: GaleraCluster["address"] = (account) =>
      url(ports[0]?.sql ?? 0, account).replace(hosts[0] ?? "", hosts.join(","));
    return { nodes, url, address, bringBack: (node) => bringBack(node, nodes), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function bringBack(node: GaleraNode, nodes: readonly GaleraNode[]): Promise<void> {
  const others = nodes.filter((one) => one !== node && one.isRunning());
  for (const other of others)
    while (Number(await other.status("wsrep_cluster_size").catch(() => nodes.length)) > others.length)
      await sleep(50);
  await node.start();
}

/** Only the first is given data; the others begin without, and fetch all. */
async function prepare(spec: ServerSpec, owner: string | null, isFirst: boolean): Promise<void> {
  mkdirSync(spec.folder, { recursive: true });
  if (isFirst) await spec.prepare();
  else for (const name of ["data", "tmp"]) mkdirSync(join(spec.folder, name));
  if (owner) execFileSync("chown", ["-R", owner, spec.folder]);
}

/** What a node runs as: rsync, as root, gives up its rights and then cannot write. Null: as whoever runs this. */
function findOwner(): string | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ["mysql", "nobody"])
    try {
      execFileSync("id", [name], { stdio: "ignore" });
      return name;
    } catch {
      // The next.
    }
  throw new Error("There is neither an account mysql nor nobody, as which the nodes of a cluster could run.");
}

/** A PATH whose programs of a state transfer everybody may run: the cache is its owner's. */
function copyScripts(dir: string, searchPath: string): string {
  const place = join(dir, "bin");
  mkdirSync(place);
  for (const folder of searchPath.split(delimiter))
    for (const name of readdirSync(folder).filter((one) => one.startsWith("wsrep_sst_")))
      cpSync(join(folder, name), join(place, name), { dereference: true });
  return [place, searchPath, process.env.PATH ?? ""].join(delimiter);
}

async function choosePorts(nodes: number): Promise<readonly Ports[]> {
  const taken = new Set<number>();
  const choose = async () => {
    for (;;) {
      const port = await chooseFreePort();
      if (!taken.has(port)) {
        taken.add(port);
        return port;
      }
    }
  };
  const ports: Ports[] = [];
  for (let index = 0; index < nodes; index++)
    ports.push({
      sql: await choose(),
      group: await choose(),
      missing: await choose(),
      whole: await choose(),
    });
  return ports;
}
