/** A `datetime(3)` of the engine's tables, UTC, as a moment. */
export const readMoment = (text: string): Date => new Date(`${text.replace(" ", "T")}Z`);

/** A moment as a `datetime(3)`, UTC. */
export const printMoment = (moment: Date): string => moment.toISOString().slice(0, -1).replace("T", " ");
