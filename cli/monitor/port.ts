import { once } from 'node:events';
import { createServer } from 'node:net';
import { StartError } from '../../shared/errors.ts';

/**
 * Makes sure that nobody listens there yet. Debian starts Prometheus and Alertmanager as services when it installs them.
 * @throws StartError that says what to do
 */
export async function requireOwnPort(port: number, option: '--prometheus-port' | '--alertmanager-port'): Promise<void> {
  const server = createServer();
  try {
    server.listen({ host: '127.0.0.1', port, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    const service = option === '--prometheus-port' ? 'prometheus' : 'prometheus-alertmanager';
    throw new StartError(
      `Port ${port} on this machine is taken or may not be used: choose another one with ${option}, or end what listens there (a service of the system: sudo systemctl stop ${service}).`,
      { cause: error },
    );
  }
  server.close();
  await once(server, 'close');
}
