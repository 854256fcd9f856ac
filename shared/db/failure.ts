/** SQLSTATE (PostgreSQL documentation, appendix A), and what Node says of a socket. */
const CODE = /^([0-9A-Z]{5}|E[A-Z_]+)$/;
/** What pg says without a code. */
const WORDS =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** Whether the failure, or what caused it, came from the database or from the way to it. */
export function isDatabaseFailure(error: unknown): boolean {
  return causes(error).some(
    ({ code, message }) => (typeof code === 'string' && CODE.test(code)) || WORDS.test(message),
  );
}

/** What the log says when nothing can be stored: somebody must act, and needs to do nothing else. */
export const DISK_FULL = 'the disk of the database is full: make room; the work goes on by itself then';

export function isDiskFull(error: unknown): boolean {
  return causes(error).some(({ code }) => code === '53100');
}

function causes(error: unknown): readonly (Error & { readonly code?: unknown })[] {
  const all: Error[] = [];
  for (let at = error; at instanceof Error && all.length < 5; at = at.cause) all.push(at);
  return all;
}
