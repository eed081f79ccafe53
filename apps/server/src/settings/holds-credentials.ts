/** An address with something before its host; also one that no parser takes. */
const BEFORE_HOST = /^\s*[a-z][a-z0-9+.-]*:[/\\]{2}[^/?#\\]*@/iu;

/**
 * Does an address name somebody, or say a password or a token, before its host? Settings that name addresses are printed, and
 * so are addresses that cannot be reached; a secret belongs into a setting that is one.
 */
export function holdsCredentials(address: string): boolean {
  const url = URL.parse(address);
  return (
    BEFORE_HOST.test(address) || (url !== null && (url.username !== "" || url.password !== ""))
  );
}
