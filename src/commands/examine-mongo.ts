import type { App } from "../app/open-app.ts";
import { readStates } from "../core/model-state.ts";
import { probeMongo } from "../stores/mongodb/mirror-server.ts";
import { findUnsharded, requireShards } from "../stores/mongodb/shard-collection.ts";
import type { Finding } from "./examine.ts";

const MiB = 2 ** 20;

/** Looks at what MongoDB is and offers, and at whether the mirror lies as the settings ask. */
export async function examineMongo(openApp: () => Promise<App>): Promise<readonly Finding[]> {
  const app = await openApp();
  try {
    return [await examineServer(app), ...(app.mongo.sharding === null ? [] : [await examineShards(app)])];
  } finally {
    await app.close();
  }
}

async function examineServer({ stack, mongo }: App): Promise<Finding> {
  const { mongodb } = stack;
  const server = await probeMongo(mongo);
  const mode = mongo.preferred?.db.readPreference?.mode;
  const offers = [
    server.setName === null ? server.kind : `${server.kind} ${server.setName}`,
    server.transactions ? "transactions" : "no transactions (slower)",
    server.changeStreams ? "change streams" : "no change streams",
    `documents up to ${server.maxDocumentBytes / MiB} MiB`,
    ...(mode === undefined ? [] : [`a gateway reads ${mode}`]),
  ];
  // A private server has no accounts: loopback keeps other machines out, and nobody on this one.
  const openTo =
    mongodb.pid === undefined
      ? ""
      : "; without accounts: other users of this machine can read and change the mirror";
  const detail = `${mongodb.version}, ${offers.join(", ")}; ${mongodb.origin}${openTo}`;
  if (server.kind !== "standalone") return { name: "MongoDB", ok: true, detail };
  const remedy = "majority writes need a replica set: start it with --replSet";
  return { name: "MongoDB", ok: false, detail: `${detail}; ${remedy}` };
}

async function examineShards({ loader, mongo }: App): Promise<Finding> {
  const name = "shards";
  await requireShards(mongo);
  const collections = [...(await readStates(loader)).values()].map(({ collection }) => collection);
  const unsharded = await findUnsharded(mongo, collections);
  if (unsharded.length === 0)
    return { name, ok: true, detail: `${collections.length} collections, by the hash of their ids` };
  const detail = `${unsharded.join(", ")}: on one shard, since there were documents before VITRINE_SHARD was set; stop the loaders, drop the mirror's database (it holds nothing else) and start them: it is mirrored anew, over all shards`;
  return { name, ok: false, detail };
}
