/** DSSE type of what opens a session. */
export const SESSION_TYPE = "application/vnd.swoosh.session.v1+json";

/** What the signer of a session signs, as canonical JSON: keys stand in canonical order. */
export function sessionPayload(session: {
  readonly challenge: string;
  readonly origin: string;
  readonly signer: string;
}): { readonly challenge: string; readonly origin: string; readonly signer: string } {
  const { challenge, origin, signer } = session;
  return { challenge, origin, signer };
}
