import type { FaultShop } from "./fault-shop.ts";
import type { InFlight } from "./in-flight.ts";
import type { Random } from "./random.ts";

/** What was done, and what was on its way when the blow fell. */
export interface Blow {
  readonly what: string;
  readonly inFlight: InFlight;
}

/** Something that goes wrong while the shop is written to. */
export interface FaultKind {
  readonly name: string;
  /** How often it comes among the others. */
  readonly weight: number;
  /** Does the damage while terminals write; says what it did. Null: the moment aimed at did not come. */
  readonly strike: (shop: FaultShop, random: Random) => Promise<Blow | null>;
  /** What comes after the terminals have stopped and the queues are empty. */
  readonly afterwards?: (shop: FaultShop, random: Random) => Promise<void>;
}
