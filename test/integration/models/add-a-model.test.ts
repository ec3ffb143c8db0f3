import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, inject, onTestFinished, test } from "vitest";
import { serveProject } from "../../../src/graphql/serve-project.ts";
import { loadProject } from "../../../src/load-project.ts";
import { createLogger } from "../../../src/log.ts";
import { createModel } from "../../../src/migrations/create-model.ts";
import { compareGeneratedFiles, writeGeneratedFiles } from "../../../src/migrations/generated-files.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import type { DocumentModel } from "../../../src/models/model.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openTestDatabase } from "../../support/database.ts";
import { gardenOperation } from "../../support/garden/garden-operations.ts";
import { plantGarden } from "../../support/garden/plant-garden.ts";
import {
  expectedColumns,
  findProblems,
  parseExactly,
  readColumns,
  readDocuments,
} from "../../support/model-contract.ts";
import { copyGarden, type ProjectCopy } from "../../support/project-copy.ts";
import { findMissed, rounds } from "../../support/soundness.ts";
import { ask } from "../graphql/gateway.ts";

const bin = fileURLToPath(new URL("../../../bin/vitrine.mjs", import.meta.url));
const runFile = promisify(execFile);

/** Opens the project as it is now in databases of its own, with a small garden in it. */
async function openProject({ projectFile }: ProjectCopy, name: string) {
  const project = await loadProject(projectFile);
  const db = await openTestDatabase({ project, sqlDir: project.sqlDir });
  onTestFinished(() => db.close());
  await plantGarden(db.admin);
  await db.admin.run(
    "insert into species values ('Rose', 'Woody', 1), ('Heath', 'Woody', 1), ('Mint', 'Herbs', 1)",
  );
  const model = project.domains.flatMap((domain) => domain.models).find((one) => one.name === name);
  if (!model) throw new Error(`${name} is no model of the project.`);
  return { project, db, model, live: createLiveStore(db.reader) };
}

/** Writes the files that are derived from the project's views. */
async function generate({ projectFile }: ProjectCopy): Promise<void> {
  const project = await loadProject(projectFile);
  const url = String(inject("mariadbUrl"));
  await writeGeneratedFiles(project.sqlDir, await compareGeneratedFiles(url, project.sqlDir, project));
}

/** Mirrors everything that is committed now. */
async function mirror({ project, db }: Awaited<ReturnType<typeof openProject>>): Promise<void> {
  const models = project.domains.flatMap((domain) => domain.models);
  const pool = openMariaDb(db.mariadbUrl, { size: loaderConnections });
  const loader = createLoader({ db: pool, mongo: db.mongo, models, logger: createLogger("silent") });
  await loader.once(AbortSignal.timeout(50_000));
  await pool.close();
}

async function expectSound(db: Awaited<ReturnType<typeof openProject>>["db"], model: DocumentModel) {
  let different = 0;
  await fc.assert(
    fc.asyncProperty(rounds(gardenOperation), async (round) => {
      expect(await findMissed(db.admin, [model], round, (_name, count) => (different += count))).toEqual([]);
    }),
    { numRuns: 60 },
  );
  expect(different).toBeGreaterThan(0);
}

test("one SQL file, one TypeScript file and one line make a model", async () => {
  const copy = await copyGarden();
  await copy.write(
    "sql/views/garden/species_plants.sql",
    `-- purpose: the plants of a species
-- grain: one row per species
-- reads: species, plant
-- model: species_plants
create or replace sql security invoker view species_plants as
select
    species.species,
    species.family,
    coalesce(
        (
            select
                json_arrayagg(
                    json_object('plantId', plant.plant_id, 'height', plant.height)
                    order by plant.plant_id
                )
            from plant
            where plant.species = species.species
        ),
        json_array()
    ) as plants
from species;
`,
  );
  await copy.write(
    "src/domains/garden/models/species-plants.ts",
    `import { int, link, list, object, string } from "../../../models/field.ts";
import { defineModel } from "../../../models/model.ts";

export const speciesPlants = defineModel({
  name: "species_plants",
  typeName: "SpeciesPlants",
  description: "The plants of a species.",
  key: "species",
  fields: {
    species: string("Its name."),
    family: string("Its family.", { filter: true }),
    plants: list(
      "By number.",
      object("SpeciesPlant", "A plant of the species.", {
        plantId: int("Number of the plant."),
        height: int("Centimetres."),
        card: link("plant_card", { key: "plantId" }),
      }),
    ),
  },
});
`,
  );
  await copy.append(
    "src/domains/garden/models/index.ts",
    'export { speciesPlants } from "./species-plants.ts";',
  );
  await generate(copy);

  const opened = await openProject(copy, "species_plants");
  const { project, db, model, live } = opened;
  await expectSound(db, model);
  await mirror(opened);
  await db.admin.run("update plant set height = 121 where plant_id = 1");
  await mirror(opened);

  const server = await serveProject({
    project,
    projectDir: copy.dir,
    live,
    mirror: createMirrorStore(db.mongo),
    reader: db.reader,
    writer: db.writer,
    mongo: db.mongo,
    settings: {
      host: "127.0.0.1",
      port: 0,
      allowedHosts: [],
      allowedOrigins: [],
      explain: "off",
      slowQueryMs: undefined,
      maxStalenessMs: 1000,
      queryTimeoutMs: 10_000,
      maxDepth: 12,
      maxCost: 200_000,
      maxValues: 500_000,
      maxAnswerBytes: 16_000_000,

      admission: null,
      proxies: 0,
      files: { maxRows: 1_000_000, timeoutMs: 60_000, maxAtOnce: 4 },
    },
    logger: createLogger("silent"),
  });
  onTestFinished(() => server.close());
  for (const source of ["LIVE", "MIRROR"]) {
    const query = `{ speciesPlantsConnection(where: { family: { eq: "Woody" } }, source: ${source}) {
      nodes { species plants { height card { bed { name } } } } } }`;
    expect((await ask(server.url, query)).data, source).toEqual({
      speciesPlantsConnection: {
        nodes: [
          { species: "Heath", plants: [] },
          { species: "Rose", plants: [{ height: 121, card: { bed: { name: "Sunny" } } }] },
        ],
      },
    });
  }
});

test("`vitrine model new` writes a model that works, and lists it", async () => {
  const copy = await copyGarden();
  const empty = await openTestDatabase({ migrate: false });
  onTestFinished(() => empty.close());
  const env = {
    ...process.env,
    MARIADB_URL: empty.mariadbUrl,
    MONGODB_URL: empty.mongodbUrl,
    VITRINE_PROJECT: copy.projectFile,
  };
  const vitrine = (...args: string[]) => runFile(process.execPath, [bin, ...args], { env, cwd: copy.dir });
  await vitrine("migrate", "up");
  const { stdout } = await vitrine("model", "new", "plant_list", "--table", "plant");
  expect(stdout).toBe(`Wrote sql/views/garden/plant_list.sql
Wrote src/domains/garden/models/plant-list.ts
Wrote sql/touched/garden/plant_list_touched_by_plant.sql
Wrote sql/procedures/garden/export_plant_list.sql
Wrote sql/triggers/garden/plant_after_insert_capture.sql
Wrote sql/triggers/garden/plant_after_update_capture.sql
Wrote sql/triggers/garden/plant_after_delete_capture.sql
Added to src/domains/garden/models/index.ts: export { plantList } from "./plant-list.ts";
Then: vitrine migrate up
`);

  const { project, db, model } = await openProject(copy, "plant_list");
  expect(await readColumns(db.admin, "plant_list")).toEqual(expectedColumns(model));
  const documents = await readDocuments(db.admin, model);
  expect(documents.size).toBe(4);
  for (const text of documents.values()) expect(findProblems(model.fields, parseExactly(text))).toEqual([]);
  await expectSound(db, model);

  await expect(vitrine("model", "new", "plant_list", "--table", "plant")).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/plant_list\.sql exists/),
  });
  const [domain] = project.domains;
  if (!domain) throw new Error("The project has no domain.");
  const plan = {
    ...{ projectDir: copy.dir, sqlDir: copy.sqlDir, url: empty.mariadbUrl, isView: false, check: () => {} },
    ...{ domain, domains: project.domains, name: "No", source: "plant" },
  };
  await expect(createModel(db.admin, plan)).rejects.toThrow(/snake_case/);
}, 180_000);
