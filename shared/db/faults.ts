/** What a failed connection to PostgreSQL means for the person who started this. */
import { StartError } from '../errors.ts';

/** The address of a database without user and password, for messages. */
export function databaseAddress(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || 'localhost'}:${port || '5432'}${pathname}`;
}

/** One sentence for every way in which connecting fails; anything that is not about the connection is thrown as it is. */
export function connectFault(url: string, error: unknown): StartError {
  const code = (error as { code?: unknown } | null)?.code;
  const [reason, advice] =
    (typeof code === 'string' ? REASONS[code] : undefined) ??
    ([error instanceof Error ? error.message : String(error), 'check DATABASE_URL'] as const);
  return new StartError(`The database at ${databaseAddress(url)} is unreachable (${reason}): ${advice}.`, {
    cause: error,
  });
}

/** By the code of the network error, or by SQLSTATE (PostgreSQL documentation, appendix A). */
const REASONS: Readonly<Record<string, readonly [reason: string, advice: string]>> = {
  ECONNREFUSED: ['nothing listens there', 'start PostgreSQL or correct DATABASE_URL'],
  ENOTFOUND: ['no such host', 'correct the host in DATABASE_URL'],
  EAI_AGAIN: ['the name cannot be looked up', 'check the network and the host in DATABASE_URL'],
  ETIMEDOUT: ['no answer', 'check the network, the firewall and DATABASE_URL'],
  EHOSTUNREACH: ['no route to that host', 'check the network and DATABASE_URL'],
  ECONNRESET: ['it closed the connection', 'check that this is a PostgreSQL server, and its log'],
  '28P01': ['it refuses the password', 'correct user and password in DATABASE_URL'],
  '28000': ['it refuses the user', 'correct the user in DATABASE_URL, or pg_hba.conf'],
  '3D000': ['there is no such database', 'create it, or correct the name in DATABASE_URL'],
  '53300': ['all its connections are taken', 'raise max_connections or start fewer processes'],
  '57P03': ['it is starting up or shutting down', 'try again in a moment'],
};
