import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { loadProject } from "../../../src/load-project.ts";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openTestDatabase } from "../../support/database.ts";
import { copyProject } from "../../support/project-copy.ts";

const bin = fileURLToPath(new URL("../../../bin/vitrine.mjs", import.meta.url));

/** Foreign keys in a circle, a closed set, comments; of each row something is shown. */
const tables = `
create table bed (
  bed_id int not null primary key comment 'Number of the bed', kind enum('sunny', 'in the shade') not null,
  keeper_id int null, made datetime(3) not null, area decimal(6,2) not null
) comment 'Beds of the garden';
create table keeper (
  keeper_id int not null primary key, name varchar(20) not null, bed_id int null,
  foreign key (bed_id) references bed (bed_id)
);
create table plant (
  plant_id int not null primary key, bed_id int not null, name varchar(20) not null, height int null,
  foreign key (bed_id) references bed (bed_id)
);
alter table bed add foreign key (keeper_id) references keeper (keeper_id);
`;
const select = `select bed.bed_id, bed.kind, bed.made, bed.area, keeper.name as keeper,
  (select count(*) from plant where plant.bed_id = bed.bed_id) as plants,
  coalesce((select json_arrayagg(json_object('plantId', plant.plant_id, 'name', plant.name, 'height', plant.height)
    order by plant.plant_id) from plant where plant.bed_id = bed.bed_id), json_array()) as planted
from bed left join keeper on keeper.keeper_id = bed.keeper_id`;

const definition = `import { bigint, dateTime, decimal, enumeration, int, list, object, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

/** The rows of bed_card: say here what a reader gets out of them. */
export const bedCard = defineModel({
  name: "bed_card",
  typeName: "BedCard",
  description: "The rows of bed_card.",
  key: "bedId",
  fields: {
    bedId: int("Number of the bed."),
    // decide: say what each value means
    kind: enumeration("BedCardKind", "Kind.", {
      sunny: "Sunny.",
      in_the_shade: { text: "in the shade", description: "In the shade." },
    }),
    made: dateTime("Made."),
    area: decimal("Area.", 2),
    keeper: string("Keeper.", { nullable: true }),
    // decide: computed: an int, when it fits into 32 bits
    plants: bigint("Plants."),
    planted: list(
      "Planted.",
      object("BedCardPlanted", "Planted.", {
        plantId: int("Plant id."),
        name: string("Name."),
        height: int("Height.", { nullable: true }),
      }),
    ),
  },
});
`;

/** Writes to each table, each of which another document shows. */
const writes = [
  "insert into keeper values (1, 'Ada', null), (2, 'Bo', null)",
  "insert into bed values (1, 'sunny', 1, '2026-05-01 10:00:00.123', 2.50), (2, 'in the shade', null, '2026-05-02', 1)",
  "insert into plant values (1, 1, 'Rose', 40), (2, 1, 'Ivy', null)",
  "update plant set height = 41 where plant_id = 1",
  "update plant set bed_id = 2 where plant_id = 2",
  "update keeper set name = 'Eve' where keeper_id = 1",
  "update bed set keeper_id = 2 where bed_id = 1",
  "update keeper set name = 'Kay' where keeper_id = 2",
  "delete from plant where plant_id = 1",
  "delete from bed where bed_id = 1",
];

/** A project whose only domain has no model yet, and a database for it. */
async function openGarden() {
  const copy = await copyProject();
  await rm(join(copy.dir, "src/domains/pos"), { recursive: true });
  for (const folder of ["src/domains/garden/models", "sql/migrations/garden", "sql/views/garden"])
    await mkdir(join(copy.dir, folder), { recursive: true });
  await copy.write("src/domains/garden/models/index.ts", "// One line per model.\n");
  await copy.write(
    "vitrine.config.ts",
    `import * as models from "./src/domains/garden/models/index.ts";
import { defineDomain, defineProject } from "./src/models/project.ts";
const garden = defineDomain({ name: "garden", description: "A garden.", models: Object.values(models) });
export default defineProject({ sql: "sql", domains: [garden] });
`,
  );
  const db = await openTestDatabase({ migrate: false });
  onTestFinished(() => db.close());
  const env = {
    ...process.env,
    MARIADB_URL: db.mariadbUrl,
    MONGODB_URL: db.mongodbUrl,
    VITRINE_PROJECT: copy.projectFile,
  };
  const vitrine = async (...args: readonly string[]) =>
    (await promisify(execFile)(process.execPath, [bin, ...args], { env, cwd: copy.dir })).stdout;
  return { copy, db, vitrine };
}

type Garden = Awaited<ReturnType<typeof openGarden>>;

/** Expects that the mirror is the view after each write. */
async function expectFollowed({ copy, db }: Garden): Promise<void> {
  const { domains } = await loadProject(copy.projectFile);
  const models = domains.flatMap((domain) => domain.models);
  const model = models.find(({ name }) => name === "bed_card");
  if (!model) throw new Error("bed_card is no model of the project.");
  const pool = openMariaDb(db.mariadbUrl, { size: loaderConnections });
  const loader = createLoader({ db: pool, mongo: db.mongo, models, logger: createLogger("silent") });
  onTestFinished(() => pool.close());
  const stores = [createLiveStore(db.reader), createMirrorStore(db.mongo)];
  await loader.once(AbortSignal.timeout(50_000));
  for (const write of writes) {
    await db.admin.run(write);
    await loader.once(AbortSignal.timeout(50_000));
    const [live, mirror] = await Promise.all(
      stores.map(async (store) => {
        const documents: unknown[] = [];
        for await (const document of store.stream(model, null)) documents.push(document);
        return documents;
      }),
    );
    expect(live?.length, write).toBe(write === writes[0] ? 0 : write === writes.at(-1) ? 1 : 2);
    expect(mirror, write).toEqual(live);
  }
}

test("a view that somebody's database has is a model with no SQL at all", async () => {
  const garden = await openGarden();
  const { copy, db, vitrine } = garden;
  await db.admin.query(`${tables} create view bed_card as ${select}`);
  const said = await vitrine("model", "new", "bed_card", "--view", "bed_card");
  expect(said).toMatch(/^Wrote src\/domains\/garden\/models\/bed-card\.ts\n/);
  expect(said.match(/^Wrote sql\/\w+/gm)?.length).toBe(3 + 9 + 1);
  expect(said).toContain(
    "\n  kind: say what each value means\n  plants: computed: an int, when it fits into 32 bits\n",
  );
  expect(existsSync(join(copy.sqlDir, "views/garden/bed_card.sql"))).toBe(false);
  expect(await readFile(join(copy.dir, "src/domains/garden/models/bed-card.ts"), "utf8")).toBe(definition);
  await vitrine("migrate", "up");
  expect(await vitrine("triggers", "check")).toBe("Every file is current.\n");
  expect(await vitrine("model", "check")).toBe("Every view is as its model is defined.\n");
  await expectFollowed(garden);
}, 240_000);

test("a view over tables that nobody has captured is a model by one SQL file and what the command writes", async () => {
  const garden = await openGarden();
  const { copy, vitrine } = garden;
  await copy.write(
    "sql/migrations/garden/0001-beds.sql",
    tables.replaceAll("create table", "create table if not exists"),
  );
  await copy.write(
    "sql/views/garden/bed_card.sql",
    `create or replace sql security invoker view bed_card as\n${select};\n`,
  );
  const { decisions, files } = JSON.parse(
    await vitrine("--json", "model", "new", "bed_card", "--view", "bed_card"),
  );
  expect(decisions).toEqual([
    { field: "kind", reason: "say what each value means" },
    { field: "plants", reason: "computed: an int, when it fits into 32 bits" },
  ]);
  expect(files.filter((file: string) => !/\/(?:touched|triggers|procedures)\//.test(file))).toEqual([
    join(copy.dir, "src/domains/garden/models/bed-card.ts"),
  ]);
  await vitrine("migrate", "up");
  expect(await vitrine("model", "check")).toBe("Every view is as its model is defined.\n");
  const explained = await vitrine("model", "explain", "bed_card");
  expect(explained).toMatch(/^plant: plant_id, bed_id, name, height$/m);
  expect(explained).toMatch(/^Cost: there is no document of bed_card to measure\.$/m);
  await expectFollowed(garden);
  expect(await vitrine("model", "explain", "bed_card")).toMatch(/^Cost: the document 2 took \d+ rows/m);
}, 240_000);
