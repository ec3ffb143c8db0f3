import { z } from "zod";

/** A URL of several servers (`a:1,b:2`), which URL.canParse refuses: each stands for all. */
const several = /^((?:mongodb|mariadb|mysql):\/\/(?:[^@/]*@)?)([^/?]*,[^/?]*)(.*)$/s;

const isUrl = (value: string): boolean => {
  const [, head = "", hosts = "", rest = ""] = several.exec(value) ?? [];
  if (hosts === "") return URL.canParse(value);
  return hosts.split(",").every((host) => host !== "" && URL.canParse(`${head}${host}${rest}`));
};

/** The parts of a list with commas between. */
export const splitList = (list: string): readonly string[] =>
  list.split(",").flatMap((name) => name.trim() || []);

/** Whether a text is an origin as a browser sends it, or `*`: no path, and no slash at the end. */
export const isOrigin = (text: string): boolean =>
  text === "*" ||
  (/^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text.toLowerCase());

/** A URL of one of these schemes, or nothing. */
export const optionalUrl = (schemes: readonly string[]) =>
  z
    .string()
    .refine((value) => schemes.some((scheme) => value.startsWith(`${scheme}://`)) && isUrl(value), {
      message: `must be a URL that starts with ${schemes.map((s) => `${s}://`).join(" or ")}`,
    })
    .optional();

/** A whole number from a text. */
export const whole = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** `on` or `off`. */
export const onOrOff = (fallback: "on" | "off") => z.enum(["on", "off"]).default(fallback);
