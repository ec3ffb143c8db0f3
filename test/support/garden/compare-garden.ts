import { type Comparison, compareCollections, plain, type Rows, readRows } from "../comparator.ts";

type Documents = Map<string, unknown>;

/**
 * What the mirror of the garden holds, compared with what its base tables say, row by row: no views, no code of `src/`.
 * To be asked when nothing is written any more.
 */
export async function compareGarden(mariadbUrl: string, mongodbUrl: string): Promise<Comparison> {
  const expected = await readRows(mariadbUrl, async (all) =>
    deriveGarden({
      beds: await all("select bed_id, name, area from bed order by bed_id"),
      gardeners: await all("select gardener_id, name, born from gardener order by gardener_id"),
      plants: await all("select * from plant order by plant_id"),
      harvests: await all("select * from harvest order by plant_id, day"),
    }),
  );
  const known = Object.entries(expected).map(
    ([name, documents]) => [name, { expected: documents, toPlain }] as const,
  );
  return compareCollections(mongodbUrl, new Map(known));
}

const dayFields = new Set(["day", "born"]);

/** A day is stored as its midnight. */
function toPlain(stored: unknown): unknown {
  const days = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(days);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        dayFields.has(key) && typeof member === "string" ? member.slice(0, 10) : days(member),
      ]),
    );
  };
  return days(plain(stored));
}

function deriveGarden(rows: Record<"beds" | "gardeners" | "plants" | "harvests", Rows>) {
  const bedOf = new Map(rows.beds.map((bed) => [bed.bed_id, bed]));
  const gardenerOf = new Map(rows.gardeners.map((one) => [one.gardener_id, one]));
  const cards: Documents = new Map();
  const plantings: Documents = new Map();
  for (const plant of rows.plants) {
    const gardener = gardenerOf.get(plant.gardener_id ?? null);
    const bed = bedOf.get(plant.bed_id ?? null);
    cards.set(String(plant.plant_id), {
      plantId: plant.plant_id,
      species: plant.species,
      height: plant.height,
      planted: `${String(plant.planted).replace(" ", "T")}Z`,
      bed: { bedId: plant.bed_id, name: bed?.name },
      gardener: gardener ? { gardenerId: gardener.gardener_id, name: gardener.name } : null,
      harvests: rows.harvests
        .filter((harvest) => harvest.plant_id === plant.plant_id)
        .map(({ day, kilos, price, worth }) => ({ day, kilos, price, worth })),
    });
    plantings.set(String(plant.plant_id), {
      plantId: plant.plant_id,
      species: plant.species,
      bed: plant.bed_id,
      bedName: bed?.name,
      month: String(plant.planted).slice(0, 7),
      size: Number(plant.height) * Number(plant.width ?? 1),
    });
  }
  return {
    plant_card: cards,
    plantings,
    gardener_plants: derivePlants(rows.gardeners, rows.plants, bedOf),
    bed_gardeners: deriveGardeners(rows.beds, rows.plants, gardenerOf),
    species_yield: deriveYield(rows.plants, rows.harvests),
  };
}

type Index = ReadonlyMap<unknown, Rows[number]>;

function derivePlants(gardeners: Rows, plants: Rows, bedOf: Index): Documents {
  return new Map(
    gardeners.map(({ gardener_id, name, born }) => [
      String(gardener_id),
      {
        gardenerId: gardener_id,
        name,
        born,
        plants: plants
          .filter((plant) => plant.gardener_id === gardener_id)
          .map(({ plant_id, species, bed_id }) => ({
            plantId: plant_id,
            species,
            bed: bedOf.get(bed_id)?.name,
          })),
      },
    ]),
  );
}

function deriveGardeners(beds: Rows, plants: Rows, gardenerOf: Index): Documents {
  return new Map(
    beds.map(({ bed_id, name, area }) => {
      const ids = new Set(
        plants.filter((plant) => plant.bed_id === bed_id).map((plant) => plant.gardener_id),
      );
      const gardeners = [...ids]
        .filter((id) => id != null)
        .sort((one, other) => Number(one) - Number(other))
        .map((id) => ({ gardenerId: id, name: gardenerOf.get(id)?.name }));
      return [String(bed_id), { bedId: bed_id, name, area, gardeners }];
    }),
  );
}

function deriveYield(plants: Rows, harvests: Rows): Documents {
  const found: Documents = new Map();
  for (const species of new Set(plants.map((plant) => String(plant.species)))) {
    const ids = new Set(plants.filter((plant) => plant.species === species).map((plant) => plant.plant_id));
    const mine = harvests.filter((harvest) => ids.has(harvest.plant_id ?? null));
    const hundredths = mine.reduce((sum, { kilos }) => sum + BigInt(String(kilos).replace(".", "")), 0n);
    const kilos = `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`;
    found.set(species, { species, plants: String(ids.size), harvests: String(mine.length), kilos });
  }
  return found;
}
