/**
 * A text as one word for an address: lower-case letters, digits and single dashes.
 *
 * @param {string} text
 * @returns {string}
 */
export function slug(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
