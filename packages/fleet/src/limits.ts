/** UTF-16 units of a session's id: what the kernel allows for the id of an instance. */
export const SESSION_ID_LENGTH_MAX = 128;
