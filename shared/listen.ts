/** Listening on an address, and what it means when that does not work. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { StartError } from './errors.ts';

/**
 * Makes sure that nobody else listens there. Only a look: whoever listens later must still expect to come second.
 * @param setting the setting that moves the port, for the message
 * @throws StartError
 */
export async function requireFreePort(host: string, port: number, setting: 'PORT' | 'METRICS_PORT'): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    throw listenFault(error, setting) ?? error;
  }
  server.close();
  await once(server, 'close');
}

/** The sentence for a failed `listen`, or undefined when the error is about something else. */
export function listenFault(error: unknown, setting = 'PORT'): StartError | undefined {
  const { code, syscall, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (syscall !== 'listen' && syscall !== 'bind') return undefined;
  const where = `Port ${port} on ${address ?? 'this machine'}`;
  const airPlay =
    process.platform === 'darwin' && port === 5000 ? " (on a Mac that is usually AirPlay's receiver)" : '';
  if (code === 'EADDRINUSE') {
    return new StartError(`${where} is taken${airPlay}: end what listens there, or set ${setting} to another one.`);
  }
  if (code === 'EACCES') {
    return new StartError(`${where} may not be used by this user: set ${setting} to a number above 1023.`);
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartError(`${where} cannot be listened on, the address is not of this machine: correct HOST.`);
  }
  return undefined;
}
