import type { FaultShop } from "./fault-shop.ts";
import type { Random } from "./random.ts";

/** Something that goes wrong while the shop is written to. */
export interface FaultKind {
  readonly name: string;
  /** How often it comes among the others. */
  readonly weight: number;
  /** Does the damage while terminals write; says what it did. Null: the moment aimed at did not come. */
  readonly strike: (shop: FaultShop, random: Random) => Promise<string | null>;
  /** What comes after the terminals have stopped and the queues are empty. */
  readonly afterwards?: (shop: FaultShop, random: Random) => Promise<void>;
}
