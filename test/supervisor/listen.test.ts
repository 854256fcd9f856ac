import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../shared/embedded/free-port.ts';
import { StartError } from '../../shared/errors.ts';
import { listenFault, requireFreePort } from '../../shared/listen.ts';
import { atEnd } from '../at-end.ts';

describe('a port', () => {
  test('that is free is free afterwards as well', async () => {
    const port = await freePort();
    await requireFreePort('127.0.0.1', port, 'PORT');
    await requireFreePort('127.0.0.1', port, 'PORT');
  });

  test('that is taken is named with its setting', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    atEnd(() => server.close());
    const { port } = server.address() as AddressInfo;
    const fault = await requireFreePort('127.0.0.1', port, 'METRICS_PORT').catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(StartError);
    expect(String(fault)).toContain(`Port ${port} on 127.0.0.1 is taken: end what listens there, or set METRICS_PORT`);
  });

  test('on an address of another machine is told as such', async () => {
    // TEST-NET-1 (RFC 5737): no machine has it.
    await expect(requireFreePort('192.0.2.1', await freePort(), 'PORT')).rejects.toThrow(/correct HOST/);
  });

  test('that this user may not have is told as such', () => {
    const error = Object.assign(new Error('x'), { code: 'EACCES', syscall: 'listen', port: 80, address: '127.0.0.1' });
    expect(listenFault(error)?.message).toBe(
      'Port 80 on 127.0.0.1 may not be used by this user: set PORT to a number above 1023.',
    );
  });

  test('is not blamed for an error about something else', () => {
    expect(listenFault(Object.assign(new Error('x'), { code: 'EADDRINUSE', syscall: 'connect' }))).toBeUndefined();
    expect(listenFault(new Error('x'))).toBeUndefined();
  });
});
