const LENGTH_MIN = 12;
const PLACEHOLDER =
  /^(?:x+|\*+|<.*>|\$.*|.*\.\.\..*|.*(?:example|changeme|placeholder|your[_-]).*)$/i;
/** Hash names and digests are long and random, and no secrets. */
const DIGEST =
  /^(?:(?:md5|sha1|sha256|sha384|sha512)[-:=].*|[0-9a-f]{32,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
/** Bits a character, in thousandths: random base64 of 40 characters has about 4,700, English prose about 4,100. */
const KEY_MILLIBITS_MIN = 4_300;

/** Letters and digits mixed, and hardly a character twice: words, paths and placeholders are not. */
export function looksRandom(secret: string): boolean {
  if (secret.length < LENGTH_MIN || /\s/.test(secret) || PLACEHOLDER.test(secret)) return false;
  if (DIGEST.test(secret)) return false;
  const digits = secret.replaceAll(/\D/g, "").length;
  const letters = secret.replaceAll(/[^A-Za-z]/g, "").length;
  return digits >= 2 && letters >= 4 && new Set(secret).size * 2 >= Math.min(secret.length, 24);
}

/** Random enough to be a key: all three kinds of characters, and many bits in each. */
export function looksLikeKey(secret: string): boolean {
  if (!looksRandom(secret)) return false;
  if (!/[a-z]/.test(secret) || !/[A-Z]/.test(secret) || !/\d/.test(secret)) return false;
  return entropyMillibits(secret) >= KEY_MILLIBITS_MIN;
}

/** Shannon's entropy of the characters, in thousandths of a bit. */
export function entropyMillibits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length);
  return Math.round(bits * 1_000);
}
