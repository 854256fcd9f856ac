/** SQLSTATE (PostgreSQL documentation, appendix A), and what Node says of a socket. */
const CODE = /^([0-9A-Z]{5}|E[A-Z_]+)$/;
/** What pg says without a code. */
const WORDS =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** Whether the failure, or what caused it, came from the database or from the way to it. */
export function isDatabaseFailure(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if ((typeof code === 'string' && CODE.test(code)) || WORDS.test(at.message)) return true;
  }
  return false;
}
