export const dayLength = 86_400_000;

/** `2026-01-31 10:30:00.123`, in UTC. */
export const printMoment = (ms: number): string => new Date(ms).toISOString().slice(0, 23).replace("T", " ");

/** `2026-01-31`, in UTC. */
export const printDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
