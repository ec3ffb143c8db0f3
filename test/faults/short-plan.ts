import type { FaultKind } from "./fault-kind.ts";
import { faultKinds } from "./fault-kinds.ts";
import { createRandom, type Random } from "./random.ts";

/** What every short run tries: both servers killed, connections cut, a loader that stalls. */
const always = /^loader stalled.*1 other|killed -9$|connections cut/;
/** Longer than everything else together. */
const tooLong = /slow for a minute/;

/** The faults of a short run: those of every run, two steps at which a loader is killed, and two others. */
export function planShortRun(seed: number): readonly FaultKind[] {
  const random = createRandom(seed);
  const isKill = ({ name }: FaultKind) => name.startsWith("loader killed");
  const others = faultKinds.filter(
    (kind) => !isKill(kind) && !always.test(kind.name) && !tooLong.test(kind.name),
  );
  return [
    ...pickTwo(faultKinds.filter(isKill), random),
    ...faultKinds.filter(({ name }) => always.test(name)),
    ...pickTwo(others, random),
  ];
}

function pickTwo(kinds: readonly FaultKind[], random: Random): readonly FaultKind[] {
  const first = random.pick(kinds);
  return [first, random.pick(kinds.filter((kind) => kind !== first))];
}
