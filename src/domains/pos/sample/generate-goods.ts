import { createRandom, mix } from "../../../models/sample-random.ts";
import type { Places } from "./generate-places.ts";

const woods =
  "Oak,Walnut,Pine,Maple,Cherry,Teak,Ash,Birch,Bamboo,Steel,Glass,Rattan,Linen,Leather,Velvet".split(",");
const styles =
  "Classic,Modern,Rustic,Slim,Folding,Tall,Low,Round,Corner,Children's,Outdoor,Café,Loft,Shaker".split(",");
const pieces =
  'Table,Chair,Desk,Bed,Sofa,Shelf,Bench,Stool,Dresser,Lamp,Cabinet,Nightstand,Mirror,Rack,Chest,TV Stand 42"'.split(
    ",",
  );

/** The 24 price points, in cents: 42.99 … 1,279.99. */
const pricePoints = [
  4299, 4999, 5999, 6999, 7999, 8999, 9999, 11999, 12999, 14999, 17999, 19999, 22999, 24999, 29999, 34999,
  39999, 44999, 49999, 59999, 69999, 84999, 99999, 127999,
] as const;

const faultEvery = 400;

/** Lines of products.csv. Ids go from 0 to count − 1; products of dirt have ids from `count` on and are never sold. */
export function* generateProducts(count: number, seed: number, clean: boolean): Generator<string> {
  const end = clean ? "" : "\r";
  yield `ID,Name,Price,"Quantity on Hand"${end}`;
  for (let id = 0; id < count; id++) {
    const random = createRandom(seed, 31, id);
    const name = `${random.pick(styles)} ${random.pick(woods)} ${random.pick(pieces)}`;
    const cents = random.pick(pricePoints);
    const price = clean ? (cents / 100).toFixed(2) : printPrice(cents, random.whole(0, 3));
    yield `${[id, quote(name), quote(price), random.whole(0, 250)].join(",")}${end}`;
    if (!clean && id % faultEvery === faultEvery - 1) {
      const fault = Math.floor(id / faultEvery);
      yield [
        count + fault,
        fault % 4 === 0 ? "" : "Broken Chair",
        fault % 4 === 1 ? "free" : "$99.99",
        `${fault % 4 === 2 ? -3 : fault % 4 === 3 ? "many" : 5}${end}`,
      ].join(",");
    }
  }
}

/** `$1,279.99`, `$1279.99`, `$999.99`, and `$999` for whole amounts. */
function printPrice(cents: number, style: number): string {
  if (style === 0) return `$${Math.ceil(cents / 100)}`;
  const text = (cents / 100).toFixed(2);
  return style === 1 ? `$${text}` : `$${text.replace(/(\d)(\d{3}\.)/, "$1,$2")}`;
}

const quote = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const taxHeader =
  "State,ZipCode,TaxRegionName,EstimatedCombinedRate,StateRate,EstimatedCountyRate,EstimatedCityRate," +
  "EstimatedSpecialRate,RiskLevel";

/** Lines of TAXRATES.csv: one per zip; with dirt the header comes again now and then, as where files were joined. */
export function* generateTaxRates(seed: number, clean: boolean, places: Places): Generator<string> {
  yield taxHeader;
  for (let index = 0; index < places.count; index++) {
    if (!clean && index > 0 && index % 5000 === 0) yield taxHeader;
    if (places.isUntaxed(index)) continue;
    const { zip, city, state } = places.at(index);
    const random = createRandom(seed, 41, index);
    // Of a state, in hundred-thousandths: 0 to 0.07; all four together at most 0.1295.
    const ofState = 250 * (mix(seed, 42, state.charCodeAt(0), state.charCodeAt(1)) % 29);
    const county = 125 * random.whole(0, 20);
    const ofCity = 125 * random.whole(0, 20);
    const special = random.chance(0.8) ? 0 : 950;
    yield [
      state,
      clean ? zip : Number(zip),
      `${state} ${city}`.toUpperCase(),
      ...[ofState + county + ofCity + special, ofState, county, ofCity, special].map(printRate),
      random.whole(0, 3),
    ].join(",");
  }
}

const printRate = (rate: number): string =>
  rate === 0 ? "0" : (rate / 100_000).toFixed(5).replace(/0+$/, "");
