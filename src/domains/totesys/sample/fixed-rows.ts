import { createRandom } from "../../../models/sample-random.ts";
import type { SampleRow } from "./sample-file.ts";
import { printMoment } from "./sample-moments.ts";

/** How many rows there are of what does not grow with the scale. */
export const fixedCounts = { address: 30, counterparty: 20, currency: 3, department: 8, staff: 20 } as const;

const currencies = ["GBP", "USD", "EUR"] as const;
/** What one pound is worth, about. */
const worth = { GBP: 1, USD: 1.25, EUR: 1.15 } as const;

const departments = [
  "Sales",
  "Purchasing",
  "Production",
  "Dispatch",
  "Finance",
  "Facilities",
  "Communications",
  "HR",
];
const offices = ["Manchester", "Manchester", "Leeds", "Leds", "Manchester", "Leeds", "Leeds", "Leeds"];
const cities = "Leeds,Lyon,Oslo,Porto,Graz,Ghent,Turin,Malmö,Austin,Cork,Kobe,Perth,Lima,Accra,Pune".split(
  ",",
);
const countries = (
  "United Kingdom,France,Norway,Portugal,Austria,Belgium,Italy,Sweden,United States,Ireland,Japan,Australia,Peru," +
  "Ghana,India"
).split(",");
const firstNames =
  "Ada Bo Cleo Dara Elin Femi Gus Hana Ida Jin Kofi Lena Milo Nora Otis Pia Quin Rosa Sol Tove".split(" ");
const lastNames =
  "Ash Birch Cedar Dale Elm Fir Gale Hazel Ives Juniper Kirk Lake Moss North Oak Pine Reed Stone".split(" ");
const companies = "Fahey,Leannon,Armstrong,Kohler,Fritsch,Price,Smitham,Bosco,Padberg,Swift".split(",");

/** Rows of the tables that hold people, places and words; dirty: a misspelt city, and a country by its letters. */
export function createFixedRows(seed: number, start: number, clean: boolean) {
  const told = { created_at: printMoment(start), last_updated: printMoment(start) } as const;
  const count = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
  const address = count(fixedCounts.address).map((id): SampleRow => {
    const random = createRandom(seed, 91, id);
    const place = (id - 1) % cities.length;
    return {
      address_id: id,
      address_line_1: `${random.whole(1, 999)} ${random.pick(lastNames)} Street`,
      address_line_2: random.chance(0.3) ? `Unit ${random.whole(1, 40)}` : null,
      district: random.chance(0.4) ? `${random.pick(lastNames)} District` : null,
      city: !clean && id === 16 ? "Leds" : (cities[place] ?? ""),
      postal_code: String(random.whole(10_000, 99_999)),
      country: !clean && id === 1 ? "UK" : (countries[place] ?? ""),
      phone: `01${random.whole(10, 99)} ${random.whole(100_000, 999_999)}`,
      ...told,
    };
  });
  const counterparty = count(fixedCounts.counterparty).map((id): SampleRow => {
    const random = createRandom(seed, 92, id);
    return {
      counterparty_id: id,
      counterparty_legal_name: `${companies[(id - 1) % companies.length]} ${id > companies.length ? "Group" : "Ltd"}`,
      legal_address_id: random.whole(1, fixedCounts.address),
      commercial_contact: random.chance(0.8) ? `${random.pick(firstNames)} ${random.pick(lastNames)}` : null,
      delivery_contact: random.chance(0.8) ? `${random.pick(firstNames)} ${random.pick(lastNames)}` : null,
      ...told,
    };
  });
  const department = count(fixedCounts.department).map((id): SampleRow => {
    const random = createRandom(seed, 93, id);
    const office = offices[id - 1] ?? "Leeds";
    return {
      department_id: id,
      department_name: departments[id - 1] ?? "",
      location: clean && office === "Leds" ? "Leeds" : office,
      manager: random.chance(0.8) ? `${random.pick(firstNames)} ${random.pick(lastNames)}` : null,
      ...told,
    };
  });
  const staff = count(fixedCounts.staff).map((id): SampleRow => {
    const random = createRandom(seed, 94, id);
    const [first, last] = [firstNames[id - 1] ?? "Ada", random.pick(lastNames)];
    return {
      staff_id: id,
      first_name: first,
      last_name: last,
      department_id: ((id - 1) % fixedCounts.department) + 1,
      email_address: `${first}.${last}@totes.example.com`.toLowerCase(),
      ...told,
    };
  });
  const currency = currencies.map(
    (code, index): SampleRow => ({ currency_id: index + 1, currency_code: code, ...told }),
  );
  const payment_type = ["SALES_RECEIPT", "SALES_REFUND", "PURCHASE_PAYMENT", "PURCHASE_REFUND"].map(
    (name, index): SampleRow => ({ payment_type_id: index + 1, payment_type_name: name, ...told }),
  );
  return { address, counterparty, currency, department, payment_type, staff };
}

/** Rates between the currencies, for each working day; dirty: one of them is zero. */
export function* generateRates(
  seed: number,
  firstDay: number,
  days: number,
  clean: boolean,
): Generator<SampleRow> {
  for (let day = 0; day < days; day++) {
    const at = new Date((firstDay + day) * 86_400_000);
    if (at.getUTCDay() % 6 === 0) continue;
    for (const [n, from] of currencies.entries())
      for (const [m, to] of currencies.entries()) {
        if (from === to) continue;
        const random = createRandom(seed, 95, day, n, m);
        const rate =
          (worth[to] / worth[from]) *
          (1 + 0.05 * Math.sin(day / 60) * (n - m)) *
          (0.99 + 0.02 * random.next());
        const isZero = !clean && day % 100 === 99 && n === 0 && m === 1;
        yield {
          ...{ currency_from: from, currency_to: to, date: at.toISOString().slice(0, 10) },
          rate: isZero ? "0" : rate.toFixed(8),
        };
      }
  }
}
