import { createRandom } from "../../../models/sample-random.ts";
import type { Places } from "./generate-places.ts";

const firstNames = (
  "Ada Aisha Ana Andrés Beth Björn Carla Chen Dana Dmitri Edith Elif Emil Fatima Finn Grace Hana Hugo Ines Ivan Jane " +
  "Jorge José Kai Kenji Lars Leila Lucía Mara Mateo Mei Noah Nora Omar Oskar Priya Quinn Rosa Ruth Sam Sofía Tariq " +
  "Uma Vera Walter Ximena Yuki Zoë D'Arcy Renée"
).split(" ");
const lastNames = (
  "Abbott Alvarez Anderson Bauer Becker Brown Castillo Chang Cohen Côté Davis Díaz Dubois Eriksen Evans Fischer Flores " +
  "García Gupta Hansen Hernández Hughes Ito Jackson Jansen Johnson Kelly Khan Kowalski Larsen Lee López Martin Meyer " +
  "Müller Nakamura Nguyễn Novak O'Brien O'Connor Okafor Olsen Patel Pérez Quist Reyes Rossi Şahin Schmidt Singh Smith " +
  "Taylor Thompson Ueda Vargas Wagner Weber Williams Wójcik Yamada Young Zhang"
).split(" ");
const streets = "Main St,Oak Ave,Elm St,Church Rd,Mill Ln,2nd St,Park Blvd,Lake Dr,King's Ct,Hill Rd".split(
  ",",
);

/** What is wrong with a line of dirt; in rotation. */
const faults = ["no name", "bad birth date", "bad zip", "bad id"] as const;
/** One line of dirt after each so many good ones. */
const faultEvery = 500;

/** Lines of customers.csv. Ids go from 0 to count − 1; customers of dirt have ids from `count` on and no orders. */
export function* generateCustomers(
  count: number,
  seed: number,
  clean: boolean,
  places: Places,
): Generator<string> {
  yield `${clean ? "" : "\u{feff}"}ID,FN,LN,CT,ST,ZP,S1,S2,EM,BD`;
  for (let id = 0; id < count; id++) {
    const random = createRandom(seed, 21, id);
    const first = random.pick(firstNames);
    const last = random.pick(lastNames);
    const place = places.at(places.ofCustomer(id));
    // Another city name for the same zip, as clerks type it.
    const city = !clean && random.chance(0.005) ? `${place.city} Twp` : place.city;
    const zip = clean ? place.zip : String(Number(place.zip));
    const street = `${random.whole(1, 9999)} ${random.pick(streets)}`;
    const second = random.chance(0.8)
      ? ""
      : `${random.pick(["Apt", "Unit", "Suite"])} ${random.whole(1, 400)}`;
    // Few numbers, so that some addresses are shared.
    const email = `${toAscii(first)}.${toAscii(last)}${random.whole(1, 99)}@example.com`;
    const birth = random.chance(0.3)
      ? ""
      : `${random.whole(1, 12)}/${random.whole(1, 28)}/${random.whole(1940, 2000)}`;
    yield [id, first, last, city, place.state, zip, street, second, email, birth].join(",");
    if (!clean && id % faultEvery === faultEvery - 1) yield toFault(count, Math.floor(id / faultEvery));
  }
}

function toFault(count: number, n: number): string {
  const id = count + n;
  const fault = faults[n % faults.length];
  return [
    fault === "bad id" ? `C-${id}` : id,
    fault === "no name" ? " " : "Ada",
    "Nobody",
    "Houston",
    "TX",
    fault === "bad zip" ? "77O01" : "77001",
    "1 Main St",
    "",
    "nobody@example.com",
    fault === "bad birth date" ? "2/30/1970" : "",
  ].join(",");
}

const toAscii = (name: string): string =>
  name
    .normalize("NFD")
    .replace(/[^A-Za-z]/g, "")
    .toLowerCase();
