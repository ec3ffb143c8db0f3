/** Of an option that may be given several times: the values before, and this one. */
export const collect = (one: string, before: readonly string[]): readonly string[] => [...before, one];
