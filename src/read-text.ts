import { readFile } from "node:fs/promises";

/**
 * Reads a text file as it is in the repository: UTF-8 without a byte order mark, lines that end with a line feed,
 * whatever a checkout, an editor or a mail made of it. For texts of ours that are hashed or compared; data is read as it is.
 */
export const readText = async (path: string): Promise<string> => normaliseText(await readFile(path, "utf8"));

/** The text without a byte order mark, and with CRLF as LF. */
export const normaliseText = (text: string): string =>
  text.replace(/^\u{feff}/u, "").replaceAll("\r\n", "\n");
