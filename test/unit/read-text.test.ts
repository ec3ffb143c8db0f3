import { expect, test } from "vitest";
import { normaliseText } from "../../src/read-text.ts";

test("a checkout's line ends and byte order mark are no part of a text; everything else is", () => {
  expect(normaliseText("\u{feff}a\r\n\r\nb\rc\u{feff}\n")).toBe("a\n\nb\rc\u{feff}\n");
});
