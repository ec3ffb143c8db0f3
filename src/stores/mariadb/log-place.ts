/** How far a server is in the log of writes: of each domain of a GTID position its last number. */
export type LogPlace = ReadonlyMap<string, bigint>;

/** From `0-1-270,1-2-9`: domain, server, number. */
export const readLogPlace = (text: string): LogPlace =>
  new Map(
    text
      .split(",")
      .map((one) => one.trim().split("-"))
      .flatMap(([domain, , number]) => (domain && number ? [[domain, BigInt(number)] as const] : [])),
  );

/** Whether whoever is at `place` has everything that was written up to `other`. */
export const hasReached = (place: LogPlace, other: LogPlace): boolean =>
  [...other].every(([domain, number]) => (place.get(domain) ?? 0n) >= number);
