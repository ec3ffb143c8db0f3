import fc from "fast-check";
import { type Operation, operation } from "../soundness.ts";

const bed = fc.integer({ min: 1, max: 5 });
const gardener = fc.integer({ min: 1, max: 5 });
const nobody = fc.option(gardener);
const plant = fc.integer({ min: 1, max: 6 });
const word = fc.constantFrom("Oak", "Pine", "Ash");
const species = fc.constantFrom("Rose", "Mint", "Moss");
const size = fc.integer({ min: 1, max: 99 });
const kilos = fc.constantFrom("0.00", "0.25", "12.50");
const price = fc.constantFrom("1.00", "9.99", null);
const day = fc.constantFrom("2024-02-29", "2024-05-01", "2024-06-01");
const moment = fc.constantFrom("2024-01-31 23:59:59.999", "2024-02-01 00:00:00", "2024-03-05 12:00:00.500");

/** Any write that the tables allow; what a foreign key refuses changes nothing. */
export const gardenOperation: fc.Arbitrary<Operation> = fc.oneof(
  operation("insert into bed (bed_id, name, kind, area) values (?, ?, 'open', 1.5)", bed, word),
  operation("update bed set name = ? where bed_id = ?", word, bed),
  operation("update bed set area = area + 1, sun = 3 where bed_id = ?", bed),
  operation("delete from bed where bed_id = ?", bed),
  operation("insert into gardener (gardener_id, name, born) values (?, ?, '2000-02-29')", gardener, word),
  operation("update gardener set name = ? where gardener_id = ?", word, gardener),
  operation("update gardener set born = null, nick = ? where gardener_id = ?", word, gardener),
  operation("delete from gardener where gardener_id = ?", gardener),
  operation(
    "insert into plant (plant_id, bed_id, gardener_id, species, height, planted) values (?, ?, ?, ?, ?, ?)",
    plant,
    bed,
    nobody,
    species,
    size,
    moment,
  ),
  operation("update plant set bed_id = ? where plant_id = ?", bed, plant),
  operation("update plant set gardener_id = ? where plant_id = ?", nobody, plant),
  operation("update plant set species = ? where plant_id = ?", species, plant),
  operation("update plant set height = ?, planted = ? where plant_id = ?", size, moment, plant),
  operation("update plant set width = ? where plant_id = ?", fc.option(size), plant),
  // Moved to another bed and another hand at once.
  operation("update plant set bed_id = ?, gardener_id = ? where plant_id = ?", bed, nobody, plant),
  operation("delete from plant where plant_id = ?", plant),
  operation(
    "insert into harvest (plant_id, day, kilos, price) values (?, ?, ?, ?)",
    plant,
    day,
    kilos,
    price,
  ),
  operation("update harvest set kilos = ? where plant_id = ?", kilos, plant),
  operation("update harvest set price = ? where day = ?", price, day),
  operation("update harvest set plant_id = ? where plant_id = ? and day = ?", plant, plant, day),
  operation("delete from harvest where plant_id = ?", plant),
);
