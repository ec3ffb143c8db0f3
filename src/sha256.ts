import { hash } from "node:crypto";

/** Of the UTF-8 text, in hexadecimal. */
export const sha256 = (text: string): string => hash("sha256", text);
