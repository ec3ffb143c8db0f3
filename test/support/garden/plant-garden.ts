import type { Queryable } from "../../../src/stores/mariadb/mariadb.ts";

/** A small garden: a bed and a gardener without plants, a plant that nobody tends, one that was not sold. */
export async function plantGarden(db: Queryable): Promise<void> {
  await db.run("insert into bed (bed_id, name, kind, area, made) values ?", [
    [
      [1, "Sunny", "open", "12.50", "2023-03-01"],
      [2, "Shady", "open", "8.00", null],
      [3, "Herbs", "raised", "2.25", "2023-04-15"],
      [4, "Empty", "raised", "3.00", null],
    ],
  ]);
  await db.run("insert into gardener (gardener_id, name, born) values ?", [
    [
      [1, "Ada", "1990-12-10"],
      [2, "Ben", null],
      [3, "Cleo", "1985-02-28"],
      [4, "Dan", null],
    ],
  ]);
  await db.run(
    "insert into plant (plant_id, bed_id, gardener_id, species, height, width, planted) values ?",
    [
      [
        [1, 1, 1, "Rose", 120, 60, "2024-01-10 08:00:00"],
        [2, 3, 2, "Mint", 30, null, "2024-01-20 08:00:00"],
        [3, 1, 1, "Sage", 40, 40, "2024-02-01 00:00:00"],
        [4, 2, null, "Fern", 55, 50, "2024-02-29 23:59:59.999"],
      ],
    ],
  );
  await db.run("insert into harvest (plant_id, day, kilos, price) values ?", [
    [
      [1, "2024-05-01", "0.50", "9.90"],
      [1, "2024-06-01", "0.75", "9.90"],
      [2, "2024-05-01", "1.25", "4.50"],
      [3, "2024-05-03", "0.40", null],
    ],
  ]);
}

/** One plant more, in bed 3 and tended by gardener 1 unless said otherwise. */
export async function addPlant(
  db: Queryable,
  plantId: number,
  { bedId = 3, gardenerId = 1 }: { readonly bedId?: number; readonly gardenerId?: number } = {},
): Promise<void> {
  await db.run(
    `insert into plant (plant_id, bed_id, gardener_id, species, height, planted)
    values (?, ?, ?, 'Moss', 3, utc_timestamp(3))`,
    [plantId, bedId, gardenerId],
  );
}
