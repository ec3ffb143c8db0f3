import { createRandom, type Random } from "../../../models/sample-random.ts";

const brands = ["Acer", "Dell", "HP", "Lenovo", "LG", "Nokia", "Samsung", "Sony"] as const;
const letters = "ABCDEFGHJKLMNPRSTUVWXYZ";

/**
 * Lines of catalog.json, one product each: laptops, televisions and smart phones. Every third has the product id of
 * sales. Dirty: units of several kinds, blanks before them, sizes as numbers and as text.
 */
export function* generateCatalog(count: number, seed: number, clean: boolean): Generator<string> {
  for (let index = 0; index < count; index++) {
    const random = createRandom(seed, 84, index);
    yield JSON.stringify({
      ...(index % 3 === 0 ? { "product id": index + 1 } : {}),
      ...productOf(random, clean),
    });
  }
}

function productOf(random: Random, clean: boolean): Readonly<Record<string, string | number>> {
  const type = random.pick(["laptop", "television", "smart phone"] as const);
  const brand = random.pick(brands);
  const model = `${random.pick([...letters])}${random.pick([...letters])}${random.whole(100, 9999)}`;
  const sizeOf = (sizes: readonly number[]): string | number => {
    const size = random.pick(sizes);
    return clean || random.chance(0.7) ? size : `${size} inch`;
  };
  switch (type) {
    case "laptop":
      return {
        type,
        brand,
        model,
        "screen size": sizeOf([11.6, 13.3, 14, 15.6, 17.3]),
        ram: random.pick(clean ? ["4GB", "8GB", "16GB"] : ["512MB", "4GB", "8 GB", "16GB"]),
        "hard disk": random.pick(clean ? ["256GB", "1TB"] : ["500MB", "256GB", "512 GB", "1TB", "1.5TB"]),
      };
    case "television":
      return {
        type,
        brand,
        model,
        "screen size": sizeOf([32, 40, 43, 55, 65, 75]),
        resolution: random.pick(["1920x1080", "3840x2160", "7680x4320"]),
      };
    case "smart phone":
      return { type, brand, model, "screen size": sizeOf([4.7, 5, 5.5, 6, 6.1, 6.7]) };
  }
}
