const SIGNS = [
  [1000, "M"],
  [900, "CM"],
  [500, "D"],
  [400, "CD"],
  [100, "C"],
  [90, "XC"],
  [50, "L"],
  [40, "XL"],
  [10, "X"],
  [9, "IX"],
  [5, "V"],
  [4, "IV"],
  [1, "I"],
];

/** 1 … 3999 as Roman numerals. */
export function toRoman(number) {
  if (!Number.isInteger(number) || number < 1 || number > 3999)
    throw new RangeError(`${number} has no Roman numeral; 1 to 3999 have`);
  let rest = number;
  let text = "";
  for (const [value, sign] of SIGNS) {
    while (rest >= value) {
      text += sign;
      rest -= value;
    }
  }
  return text;
}

/** The number of a Roman numeral, or undefined where it is none. */
export function fromRoman(text) {
  let rest = text;
  let number = 0;
  for (const [value, sign] of SIGNS) {
    while (rest.startsWith(sign)) {
      number += value;
      rest = rest.slice(sign.length);
    }
  }
  // Only what is written the one right way: IIII is no four.
  return rest === "" && number > 0 && toRoman(number) === text ? number : undefined;
}
