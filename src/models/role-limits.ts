/** What a role may ask for at most; what is not said is as for everybody. */
export interface RoleLimits {
  /** Cost of what one of the role asks for in a minute: of each operation, 250 for the operation itself, and the characters of a text that is new. */
  readonly costPerMinute?: number;
  /** Subscriptions that one of the role has open at a time. */
  readonly subscriptions?: number;
  /** Documents of a page, and rows of a question to a cube; a file has as many as it asks for, which cost. */
  readonly first?: number;
  /** Nesting of an operation. */
  readonly depth?: number;
}

const names = ["costPerMinute", "subscriptions", "first", "depth"] as const;

/** What is wrong with the limits of a role. */
export const findLimitProblems = (limits: RoleLimits): readonly string[] =>
  Object.entries(limits).flatMap(([name, value]: [string, unknown]) => {
    if (!(names as readonly string[]).includes(name))
      return [`limits has no "${name}". There are ${names.join(", ")}.`];
    const least = name === "subscriptions" ? 0 : 1;
    if (value === undefined || (Number.isSafeInteger(value) && Number(value) >= least)) return [];
    return [`limits.${name} must be a whole number from ${least} on, not ${value}.`];
  });

/** What holds for a role of several domains: of each limit the least that one of them says. */
export const leastLimits = (all: readonly (RoleLimits | undefined)[]): RoleLimits =>
  Object.fromEntries(
    names.flatMap((name) => {
      const said = all.flatMap((limits) => limits?.[name] ?? []);
      return said.length === 0 ? [] : [[name, Math.min(...said)]];
    }),
  );
