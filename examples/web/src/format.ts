const money = new Intl.NumberFormat(undefined, { style: "currency", currency: "USD" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** `"1234.50"` as `$1,234.50`: the text goes in as it is, no float on the way. */
export const showMoney = (text: string): string => money.format(text as unknown as number);
export const showMoment = (text: string): string => day.format(new Date(text));
