import fc from "fast-check";
import { expect, it } from "vitest";
import { escapeMarkdown } from "./escape-markdown.ts";

it.each<readonly [text: string, escaped: string]>([
  ["plain words, (so) it stays: 1.5 of x", "plain words, (so) it stays: 1.5 of x"],
  ["Boot_ConfigOk of project/a-b", "Boot_ConfigOk of project/a-b"],
  ["a_b _c_ __d__", "a_b &#95;c&#95; &#95;&#95;d&#95;&#95;"],
  [
    "**bold** `code` ~~gone~~",
    "&#42;&#42;bold&#42;&#42; &#96;code&#96; &#126;&#126;gone&#126;&#126;",
  ],
  ["[here](javascript:x)", "&#91;here&#93;(javascript:x)"],
  ["![x](y)", "&#33;&#91;x&#93;(y)"],
  ["<script>&amp;</script>", "&#60;script&#62;&#38;amp;&#60;/script&#62;"],
  ['" onclick=x', "&#34; onclick&#61;x"],
  ["a | b", "a &#124; b"],
  ["# no heading", "&#35; no heading"],
  ["- no item", "&#45; no item"],
  ["---", "&#45;--"],
  ["12. no item", "12&#46; no item"],
  ["3) no item", "3&#41; no item"],
  ["    no code", "&#32;&#32;&#32;&#32;no code"],
  ["see https://a.example and www.b.example", "see https&#58;//a.example and www&#46;b.example"],
  ["a\n\n# b\r\nc", "a<br><br>&#35; b<br>c"],
  ["\u202e\u001b[2J\t", "&#92;u202e&#92;u001b&#91;2J&#92;u0009"],
])("%j is %j in a page", (text, escaped) => {
  expect(escapeMarkdown(text)).toBe(escaped);
});

it("leaves nothing that has a meaning, of whatever text", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."\\`*_[]<>&|~#-+.)1 \n\r:/w{}".split("")) }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const rest = escapeMarkdown(text).replaceAll(/&#\d+;|<br>/g, "\u0001");
      expect(rest).not.toMatch(/[\\`*[\]<>&|~#\n\r]|:\/\/|www\./i);
      expect(rest).not.toMatch(/^(?:[ -]|\d+[.)])/);
    }),
  );
});
