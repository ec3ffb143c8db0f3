import { addressesByHost } from "./address-hosts.ts";
import { askOnce } from "./ask-aside.ts";
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

/** Of a server without a cluster the last two are null. `wsrep_local_state`: 4 is as far as the others, 2 feeds one of them. */
const question = `select @@read_only as isReadOnly, @@wsrep_on as isNode,
  (select variable_value from information_schema.global_status where variable_name = 'WSREP_READY') as ready,
  (select variable_value from information_schema.global_status where variable_name = 'WSREP_LOCAL_STATE') as state`;

/** Asks a server whether it takes writes now, over a connection of its own. Never rejects. */
async function askHost(address: string): Promise<HostAnswer> {
  const { server } = readMariaDbUrl(address);
  const answer = await askOnce(server, question, [], ANSWER_MS);
  if ("error" in answer) {
    const sql = sqlErrorOf(answer.error);
    if (sql?.errno === 1047) return no("is a node of a cluster that is not ready");
    if (sql?.sqlState) return no(`says: ${sql.message}`);
    return sql?.code === "ECONNREFUSED" ? no("cannot be reached") : no("does not answer", true);
  }
  const [row] = answer.rows;
  if (Number(row?.isReadOnly) === 1) return no("is read only");
  if (Number(row?.isNode) !== 1) return { takesWrites: true, isSlow: false };
  if (row?.ready !== "ON") return no("is a node of a cluster that is not ready");
  const state = Number(row?.state);
  return state === 4 || state === 2
    ? { takesWrites: true, isSlow: state === 2 }
    : no("is a node of a cluster that has not joined it yet");
}

const no = (reason: string, isSilent = false): HostAnswer => ({ takesWrites: false, reason, isSilent });

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
