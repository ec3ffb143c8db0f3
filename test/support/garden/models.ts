import { count, defineCube, sum } from "../../../src/models/cube.ts";
import {
  bigint,
  date,
  dateTime,
  decimal,
  int,
  link,
  list,
  object,
  string,
} from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

/** An object, a list, a moment, money and a link: of its own row and of four tables. */
export const plantCard = defineModel({
  name: "plant_card",
  typeName: "PlantCard",
  description: "A plant with its bed, its gardener and its harvests.",
  key: "plantId",
  fields: {
    plantId: int("Number of the plant."),
    species: string("Its species.", { filter: true }),
    height: int("Centimetres.", { filter: true }),
    planted: dateTime("When it was planted, UTC."),
    bed: object("PlantBed", "Where it grows.", {
      bedId: int("Number of the bed."),
      name: string("Name of the bed."),
    }),
    gardener: object(
      "PlantGardener",
      "Who tends it; null when nobody does.",
      {
        gardenerId: int("Number of the gardener."),
        name: string("Name of the gardener.", { pii: true }),
        gardenerDocument: link("gardener_plants", { key: "gardenerId", description: "The gardener." }),
      },
      { nullable: true },
    ),
    harvests: list(
      "What it gave, by day.",
      object("PlantHarvest", "What one plant gave on a day.", {
        day: date("Day of the harvest."),
        kilos: decimal("Kilograms.", 2),
        price: decimal("Price of a kilogram; null when it was not sold.", 2, { nullable: true }),
        worth: decimal("Kilograms × price.", 4, { nullable: true }),
      }),
    ),
  },
});

/** A list over two tables, and a day that may be null. */
export const gardenerPlants = defineModel({
  name: "gardener_plants",
  typeName: "GardenerPlants",
  description: "A gardener with all plants.",
  key: "gardenerId",
  fields: {
    gardenerId: int("Number of the gardener."),
    name: string("Name of the gardener.", { filter: true, pii: true }),
    born: date("Day of birth, where it is known.", { nullable: true }),
    plants: list(
      "Plants that the gardener tends, by number.",
      object("GardenerPlant", "One plant of a gardener.", {
        plantId: int("Number of the plant."),
        species: string("Its species."),
        bed: string("Name of its bed."),
      }),
    ),
  },
});

/** A list by a semi-join: a change reaches it through a table of which it shows nothing. */
export const bedGardeners = defineModel({
  name: "bed_gardeners",
  typeName: "BedGardeners",
  description: "A bed with everybody who tends a plant in it.",
  key: "bedId",
  fields: {
    bedId: int("Number of the bed."),
    name: string("Name of the bed.", { filter: true }),
    area: decimal("Square metres.", 2, { filter: true }),
    gardeners: list(
      "Who tends a plant in it, each once, by number.",
      object("BedGardener", "One gardener of a bed.", {
        gardenerId: int("Number of the gardener."),
        name: string("Name of the gardener.", { pii: true }),
      }),
    ),
  },
});

/** A group: its key is text, a row that moves concerns two documents; it is paced, so changes of it are queued. */
export const speciesYield = defineModel({
  name: "species_yield",
  typeName: "SpeciesYield",
  description: "What was harvested of a species.",
  key: "species",
  every: "1s",
  fields: {
    species: string("The species."),
    plants: bigint("Plants of it."),
    harvests: bigint("Harvests of it."),
    kilos: decimal("Kilograms in all.", 2),
  },
});

/** A cube over one fact per plant. */
export const plantings = defineCube({
  name: "plantings",
  typeName: "Plantings",
  description: "What grows where.",
  key: "plantId",
  fields: {
    plantId: int("Number of the plant."),
    species: string("Its species.", { filter: true }),
    bed: int("Number of its bed.", { filter: true }),
    bedName: string("Name of its bed.", { filter: true }),
    month: string("Month in which it was planted.", { filter: true }),
    size: int("Height × width.", { filter: true, nullable: true }),
  },
  dimensions: ["species", "bed", "bedName", "month"],
  measures: {
    plants: count("Plants."),
    size: sum("size", "Height × width of all."),
  },
});
