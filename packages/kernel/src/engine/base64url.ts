const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUE_OF_CODE = new Int8Array(128).fill(-1);
for (let value = 0; value < 64; value += 1) VALUE_OF_CODE[ALPHABET.charCodeAt(value)] = value;

/** base64url without padding (RFC 4648 §5). */
export function base64urlOf(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += ALPHABET.charAt(word >> 18) + ALPHABET.charAt((word >> 12) & 63);
    if (left > 1) text += ALPHABET.charAt((word >> 6) & 63);
    if (left > 2) text += ALPHABET.charAt(word & 63);
  }
  return text;
}

/**
 * Exactly `count` bytes, or undefined. One text for each value: padding, other alphabets, wrong lengths and
 * stray bits at the end are refused, so that a signature has one spelling only.
 */
export function bytesOfBase64url(text: string, count: number): Uint8Array | undefined {
  if (text.length !== Math.ceil((count * 8) / 6)) return undefined;
  const bytes = new Uint8Array(count);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let position = 0; position < text.length; position += 1) {
    const value = VALUE_OF_CODE[text.charCodeAt(position)] ?? -1;
    if (value < 0) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (held >> bits) & 0xff;
      at += 1;
    }
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}
