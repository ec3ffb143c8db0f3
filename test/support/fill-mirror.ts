import { Long } from "mongodb";
import type { Project } from "../../src/models/project.ts";
import { bsonCodecOf } from "../../src/stores/conversion/document-codec.ts";
import { createLiveStore } from "../../src/stores/mariadb/live-store.ts";
import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { recordApplied } from "../../src/stores/mongodb/mirror-records.ts";
import { shapeHash } from "../../src/stores/mongodb/mirror-schema.ts";
import type { MongoDb } from "../../src/stores/mongodb/mongodb.ts";
import { prepareCollection } from "../../src/stores/mongodb/prepare-collection.ts";
import { clearChanges } from "./changes.ts";

/**
 * Copies every document into the mirror, once, as position 1, and says so: for tests of those who read. Nothing
 * follows later writes; what the copy has seen is no longer pending.
 */
export async function fillMirror(admin: MariaDb, mongo: MongoDb, project: Project): Promise<void> {
  const live = createLiveStore(admin);
  await clearChanges(admin);
  await admin.run("update vitrine_position set n = 1");
  const [row] = await admin.query<{ incarnation: string }>("select incarnation from vitrine_position");
  const incarnation = row?.incarnation ?? "";
  for (const model of project.domains.flatMap((domain) => domain.models)) {
    await prepareCollection(mongo, model);
    const { toBson, toId } = bsonCodecOf(model);
    const collection = mongo.db.collection<{ _id: ReturnType<typeof toId> }>(model.name);
    const copies = [];
    for await (const document of live.stream(model, null))
      copies.push({ ...toBson(document), _id: toId(String(document[model.key])), _v: Long.ONE, _h: "" });
    if (copies.length > 0) await collection.insertMany(copies);
    await recordApplied(mongo, model, { n: 1n, incarnation }, { writeConcern: { w: "majority" } });
    await admin.run(
      `insert into vitrine_state (model, shape_hash, acked, complete, rebuild_status, rebuilt_at)
      values (?, ?, 1, 1, 'done', utc_timestamp(3))`,
      [model.name, shapeHash(model)],
    );
  }
}
