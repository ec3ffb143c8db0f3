import { renamedTo } from "../models/former-names.ts";
import { toColumnName } from "../models/model.ts";

/** What is ordered or grouped by, with the name that it had. */
interface NamedKey {
  readonly name: string;
  readonly formerly?: string | undefined;
}

interface EnumValue {
  readonly value: string;
  readonly deprecationReason?: string;
}

/** `placedOn` → `PLACED_ON` */
const enumName = (name: string): string => toColumnName(name).toUpperCase();

/**
 * The values of an enum of names, by what the enum calls them. A former name means the same as the name of today, and stands
 * before it: of values that are equal GraphQL answers the last.
 */
export const keyValues = (keys: readonly NamedKey[], suffix = ""): Readonly<Record<string, EnumValue>> =>
  Object.fromEntries(
    keys.flatMap(({ name, formerly }): (readonly [string, EnumValue])[] => {
      const toName = (one: string) => enumName(`${one}${suffix && `_${suffix}`}`);
      const value = suffix === "" ? name : `${name} ${suffix}`;
      const current = [toName(name), { value }] as const;
      if (formerly === undefined) return [current];
      return [[toName(formerly), { value, deprecationReason: renamedTo(toName(name)) }], current];
    }),
  );

/** The values of an enum of orders: `placedOn desc` as `PLACED_ON_DESC`. */
export const orderValues = (keys: readonly NamedKey[]): Readonly<Record<string, EnumValue>> =>
  Object.assign({}, ...keys.flatMap((key) => [keyValues([key], "asc"), keyValues([key], "desc")]));
