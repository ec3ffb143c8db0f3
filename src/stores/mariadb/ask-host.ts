import { addressesByHost } from "./address-hosts.ts";
import { askOnce } from "./ask-aside.ts";
import { isClusterNode } from "./cluster-node.ts";
import { sqlErrorOf } from "./mariadb-errors.ts";
import { readMariaDbUrl } from "./mariadb-url.ts";
import {
  type AskHost,
  chooseHost,
  findWritableHost,
  type HostAnswer,
  type WritableHost,
} from "./writable-host.ts";

const ANSWER_MS = 2000;

const status = (name: string): string =>
  `(select variable_value from information_schema.global_status where variable_name = '${name}')`;
/**
 * Asked of the server's lists, where a build without a part of the server has no line instead of an error.
 * `wsrep_local_state`: 4 is as far as the others, 2 feeds one of them. `slave_running`: it applies, and is connected.
 */
const question = `select @@read_only as isReadOnly, ${isClusterNode} as isNode, ${status("SLAVE_RUNNING")} as hears,
  ${status("WSREP_READY")} as ready, ${status("WSREP_LOCAL_STATE")} as state`;

/** Asks a server whether it takes writes now, over a connection of its own. Never rejects. */
async function askHost(address: string): Promise<HostAnswer> {
  const { server } = readMariaDbUrl(address);
  const answer = await askOnce(server, question, [], ANSWER_MS);
  if ("error" in answer) {
    const sql = sqlErrorOf(answer.error);
    if (sql?.errno === 1047) return no("is a node of a cluster that is not ready");
    if (sql?.sqlState) return no(`says: ${sql.message}`, "failure");
    return sql?.code === "ECONNREFUSED"
      ? no("cannot be reached", "failure")
      : no("does not answer", "silence");
  }
  const [row] = answer.rows;
  if (Number(row?.isReadOnly) === 1) return no("is read only");
  const follows = row?.hears === "ON";
  if (Number(row?.isNode) !== 1) return { takesWrites: true, isSlow: false, follows };
  if (row?.ready !== "ON") return no("is a node of a cluster that is not ready");
  const state = Number(row?.state);
  return state === 4 || state === 2
    ? { takesWrites: true, isSlow: state === 2, follows }
    : no("is a node of a cluster that has not joined it yet");
}

const no = (reason: string, from: "itself" | "silence" | "failure" = "itself"): HostAnswer => ({
  takesWrites: false,
  reason,
  from,
});

/** Of an address that names several servers that of the one which takes writes now. @throws VitrineError SOURCE_UNAVAILABLE */
export async function toCurrentAddress(url: string): Promise<string> {
  const addresses = addressesByHost(url);
  if (addresses.size === 1) return url;
  const host = await chooseHost([...addresses.keys()], undefined, askEach(addresses));
  return addresses.get(host) ?? url;
}

/** The server that takes writes, of those that an address names. */
export function findWritable(url: string): WritableHost {
  const addresses = addressesByHost(url);
  return findWritableHost([...addresses.keys()], askEach(addresses));
}

const askEach =
  (addresses: ReadonlyMap<string, string>): AskHost =>
  (host) =>
    askHost(addresses.get(host) ?? "");
