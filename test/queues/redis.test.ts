import { createServer, type Server, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { StartError } from '../../shared/errors.ts';
import { createQueueKit } from '../../shared/queues/kit.ts';
import { pingRedis } from '../../shared/queues/redis.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';

/** A server that is no Redis: `answer` is called with each connection. */
async function impostor(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `redis://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

describe.each(BACKENDS.filter((backend) => backend.name === 'redis'))('a healthy $name', ({ redisUrl }) => {
  test('answers', async () => {
    await expect(pingRedis((await redisUrl()) ?? '')).resolves.toBeUndefined();
  });
});

describe('a Redis that cannot carry the queue is refused with one sentence', () => {
  const refusal = (url: string) =>
    pingRedis(url, 300).then(
      () => 'accepted',
      (error: unknown) => (error instanceof StartError ? error.message : `not a StartError: ${error}`),
    );

  test('nobody listens', async () => {
    expect(await refusal('redis://:secret@127.0.0.1:1')).toMatch(
      /^Redis at 127\.0\.0\.1:1 does not answer \(.*ECONNREFUSED.*\)\. Start it, correct REDIS_URL, or unset/,
    );
  });

  test('the password never appears', async () => {
    expect(await refusal('redis://user:secret@127.0.0.1:1')).not.toContain('secret');
  });

  test('the name is unknown', async () => {
    expect(await refusal('redis://no-such-host.invalid:6379')).toContain('no-such-host.invalid:6379 does not answer');
  });

  test('it accepts and stays silent', async () => {
    expect(await refusal(await impostor(() => undefined))).toContain('does not answer');
  });

  test('it hangs up', async () => {
    expect(await refusal(await impostor((socket) => socket.destroy()))).toContain('does not answer');
  });

  test('it speaks HTTP', async () => {
    const url = await impostor((socket) => socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await refusal(url)).toContain('does not answer');
  });

  test('no queue is built on it', async () => {
    const kit = createQueueKit({ redisUrl: 'redis://127.0.0.1:1', databaseUrl: '', onError: () => undefined });
    await expect(kit).rejects.toBeInstanceOf(StartError);
  });
});
