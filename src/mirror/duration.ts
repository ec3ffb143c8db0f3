const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `"500ms"`, `"1s"`, `"5m"` in milliseconds. Throws a TypeError for anything else. */
export function readDuration(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  // The pattern allows the names of `units` only.
  const unit = parts?.[2] as keyof typeof units | undefined;
  if (!unit) throw new TypeError(`"${text}" is not a duration such as 500ms, 1s, 5m.`);
  return Number(parts?.[1]) * units[unit];
}
