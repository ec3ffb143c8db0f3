import { createPermutation, createRandom, mix } from "../../../models/sample-random.ts";

/** States, the first and last prefix (three digits) of their zips, and the city of the first prefix. */
const states: readonly (readonly [state: string, from: number, to: number, city: string])[] = [
  ["PR", 6, 9, "Cabo Rojo"],
  ["MA", 10, 27, "Springfield"],
  ["RI", 28, 29, "Providence"],
  ["NH", 30, 38, "Manchester"],
  ["ME", 39, 49, "Portland"],
  ["CT", 60, 69, "Hartford"],
  ["NJ", 70, 89, "Newark"],
  ["NY", 100, 149, "New York"],
  ["PA", 150, 196, "Pittsburgh"],
  ["VA", 220, 246, "Arlington"],
  ["NC", 270, 289, "Winston-Salem"],
  ["GA", 300, 319, "Atlanta"],
  ["FL", 320, 349, "Jacksonville"],
  ["TN", 370, 385, "Nashville"],
  ["OH", 430, 459, "Columbus"],
  ["IN", 460, 479, "Indianapolis"],
  ["MI", 480, 499, "Detroit"],
  ["IA", 500, 528, "Des Moines"],
  ["WI", 530, 549, "Milwaukee"],
  ["MN", 550, 567, "Coeur d'Alene Park"],
  ["IL", 600, 629, "Chicago"],
  ["MO", 630, 658, "St. Louis"],
  ["LA", 700, 714, "New Orleans"],
  ["TX", 770, 799, "Houston"],
  ["CO", 800, 816, "Denver"],
  ["AZ", 850, 865, "Phoenix"],
  ["NM", 870, 884, "Española"],
  ["CA", 900, 961, "Los Angeles"],
  ["OR", 970, 979, "Portland"],
  ["WA", 980, 994, "Seattle"],
];
const starts = ["Oak", "Maple", "Cedar", "Spring", "Green", "River", "Lake", "Stone", "Fair", "Clear"];
const ends = ["field", "ville", "wood", " Springs", "ton", " Falls", "brook", "port", " Heights", "dale"];

export interface Place {
  /** Five digits. */
  readonly zip: string;
  readonly city: string;
  readonly state: string;
}

/** The places of a seed: zips in rising order, each in one city of one state. */
export interface Places {
  /** How many zips there are; all of them may have a tax rate. */
  readonly count: number;
  at(index: number): Place;
  /** Index of the place where a customer lives. */
  ofCustomer(customer: number): number;
  /** Zips of customers for which no tax rate is given: 10 to 13, none when clean. */
  isUntaxed(index: number): boolean;
}

/** 41,000 zips at scale 1 and above (the country has no more), fewer below. */
export function createPlaces(seed: number, scale: number, clean: boolean): Places {
  const prefixes = states.flatMap(([state, from, to, city]) =>
    Array.from({ length: to - from + 1 }, (_, i) => ({
      prefix: from + i,
      state,
      city: i === 0 ? city : null,
    })),
  );
  const count = Math.max(200, Math.min(41_000, Math.round(41_000 * scale)));
  const zipCount = prefixes.length * 100;
  const houston = prefixes.findIndex(({ city }) => city === "Houston") * 100;
  const scatter = createPermutation(count, seed, 11);
  // Of the first customers outside Houston, so that these zips are lived in at any scale.
  const untaxedCount = clean ? 0 : 10 + (mix(seed, 12) % 4);
  const untaxed = new Set(Array.from({ length: untaxedCount }, (_, i) => scatter(i + Math.floor(i / 9))));
  return {
    count,
    at: (index) => {
      const n = Math.floor((index * zipCount) / count);
      const entry = prefixes[Math.floor(n / 100)];
      if (!entry) throw new RangeError(`There is no place ${index}.`);
      const zip = String(entry.prefix * 100 + (n % 100)).padStart(5, "0");
      const random = createRandom(n, 13);
      const town = random.pick(starts) + random.pick(ends);
      return { zip, city: entry.city ?? town, state: entry.state };
    },
    ofCustomer: (customer) => {
      // Every tenth customer lives in Houston: questions about a city need some there at any scale.
      if (customer % 10 !== 9) return scatter(customer % count);
      const first = Math.ceil((houston * count) / zipCount);
      const last = Math.ceil(((houston + 100) * count) / zipCount) - 1;
      return createRandom(seed, 14, customer).whole(first, Math.max(first, last));
    },
    isUntaxed: (index) => untaxed.has(index),
  };
}
