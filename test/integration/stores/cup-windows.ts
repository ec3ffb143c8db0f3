import fc from "fast-check";
import { type CubeWindow, isAdditive, type TopPerGroup } from "../../../src/stores/cube-store.ts";
import { cups } from "./cups.ts";

const { dimensions, measures } = cups.cube;

/** As many as there are, three at most. */
const some = (of: readonly string[]) =>
  fc.subarray([...of], { minLength: 1, maxLength: Math.min(of.length, 3) });
/** As many as there are, two at most. */
const upToTwo = (keys: readonly string[]) => fc.subarray([...keys], { maxLength: Math.min(keys.length, 2) });
const order = (terms: readonly string[]) =>
  terms.length === 0
    ? fc.constant([])
    : fc.array(
        fc.record({
          field: fc.constantFrom(...terms),
          direction: fc.constantFrom("asc" as const, "desc" as const),
        }),
        { maxLength: 2 },
      );

function windowsOf(keys: readonly string[], names: readonly string[]): fc.Arbitrary<CubeWindow[]> {
  const additive = names.filter((name) => isAdditive(measures[name]));
  const days = keys.filter((key) => dimensions[key]?.type.kind === "date");
  const within = upToTwo(keys);
  const kinds: fc.Arbitrary<CubeWindow>[] = [];
  if (additive.length > 0)
    kinds.push(
      fc.record({ kind: fc.constant("share" as const), measures: some(additive), within }),
      fc.record({
        kind: fc.constant("runningTotal" as const),
        measures: some(additive),
        within,
        orderBy: order([...keys, ...names]),
      }),
    );
  if (days.length > 0 && names.length > 0) {
    const previous = fc.record({
      kind: fc.constant("previous" as const),
      measures: some(names),
      over: fc.constantFrom(...days),
      step: fc.constantFrom("period" as const, "year" as const),
    });
    kinds.push(previous, previous, previous);
  }
  return kinds.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...kinds), { maxLength: 3 });
}

const topOf = (keys: readonly string[], names: readonly string[]): fc.Arbitrary<TopPerGroup | undefined> =>
  fc.option(
    fc.record({
      by: upToTwo(keys),
      limit: fc.integer({ min: 1, max: 3 }),
      orderBy: order([...keys, ...names]),
    }),
    { nil: undefined },
  );

/** Questions with windows over their own keys, and the first of each part; by these measures of the cups. */
export const withWindows = <Q extends { readonly sets: readonly (readonly string[])[] }>(
  asked: fc.Arbitrary<Q>,
  measuresOf: (one: Q) => readonly string[] = () => Object.keys(measures),
) =>
  asked.chain((one) => {
    const keys = [...new Set(one.sets.flat())];
    const names = measuresOf(one);
    return fc
      .record({ windows: windowsOf(keys, names), topPerGroup: topOf(keys, names) })
      .map((rest) => ({ ...one, ...rest }));
  });
