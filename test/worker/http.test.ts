import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { FetchError } from '../../shared/errors.ts';
import { registry } from '../../shared/metrics/registry.ts';
import type { FetchRequest } from '../../worker/http/fetch.ts';
import type { HttpLimits } from '../../worker/http/limits.ts';
import { createHttp } from '../../worker/http.ts';
import { until } from '../until.ts';
import { loopback } from './loopback.ts';

const QUICK: Partial<HttpLimits> = { backoffMs: 5, connectMs: 1_000, headersMs: 1_000, bodyMs: 1_000, wholeMs: 5_000 };

/** A door that may talk to the given hosts, and a shorthand to ask them as lever. */
function door(hosts: readonly string[], limits: Partial<HttpLimits> = {}, secrets: readonly string[] = []) {
  const http = createHttp({
    contact: 'mailto:ops@example.org',
    version: '1.2.3',
    allowPrivateFor: new Set(hosts),
    limits: { ...QUICK, ...limits },
    secrets,
  });
  onTestFinished(() => http.close());
  const attempts: number[] = [];
  const controller = new AbortController();
  const fetch = http.fetchFor('lever', { signal: controller.signal, onAttempt: () => attempts.push(Date.now()) });
  const ask = (url: string, more: Partial<FetchRequest<unknown>> = {}) =>
    fetch({ url: new URL(url), endpoint: '/test', schema: z.unknown(), ...more });
  return { ask, attempts, controller };
}

async function asked(
  answer: RequestListener,
  limits: Partial<HttpLimits> = {},
  more: Partial<FetchRequest<unknown>> = {},
) {
  const server = await loopback(answer);
  const { ask, attempts } = door([server.host], limits);
  const outcome = await ask(`${server.url}/`, more).then(
    (fetched) => ({ fetched, error: undefined }),
    (error: unknown) => ({ fetched: undefined, error: error as FetchError }),
  );
  return { ...outcome, attempts };
}

async function metric(name: string, labels: Record<string, string>): Promise<number> {
  const found = (await registry.getSingleMetric(name)?.get())?.values.find((v) =>
    Object.entries(labels).every(([key, value]) => v.labels[key] === value),
  );
  return found?.value ?? 0;
}

describe('a healthy answer', () => {
  test('comes back parsed, with its size and headers in lower case', async () => {
    const { fetched } = await asked((_, res) => res.setHeader('X-Left', '7').end('{"a":1}'));
    expect(fetched).toMatchObject({ status: 200, json: { a: 1 }, bytes: 7, headers: { 'x-left': '7' } });
  });

  test('was asked for with the real User-Agent and as JSON, and no connector can change who we are', async () => {
    const seen: Record<string, unknown>[] = [];
    await asked(
      (req, res) => {
        seen.push(req.headers);
        res.end('{}');
      },
      {},
      { headers: { 'user-agent': 'curl/8', 'x-key': 'k' } },
    );
    expect(seen[0]).toMatchObject({
      'user-agent': 'IAM-Job-Scout/1.2.3 (+mailto:ops@example.org)',
      accept: 'application/json',
      'x-key': 'k',
    });
  });

  test('was asked for under another name only where its request says that the source wants one', async () => {
    const seen: (string | undefined)[] = [];
    const answer: RequestListener = (req, res) => {
      seen.push(req.headers['user-agent']);
      res.end('{}');
    };
    await asked(answer, {}, { userAgent: 'person@example.gov', headers: { 'user-agent': 'curl/8' } });
    expect(seen).toEqual(['person@example.gov']);
  });

  test('may be an answer to a question that was posted as JSON, on every try', async () => {
    const seen: string[] = [];
    const { fetched } = await asked(
      async (req, res) => {
        seen.push(`${req.method} ${req.headers['content-type']} ${await text(req)}`);
        res.writeHead(seen.length === 1 ? 503 : 200).end('{"ok":true}');
      },
      {},
      { body: { keywords: 'Zoë', page: '1' } },
    );
    expect(fetched?.json).toEqual({ ok: true });
    expect(seen).toEqual(Array(2).fill('POST application/json {"keywords":"Zoë","page":"1"}'));
  });

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['GZIP', gzipSync],
    ['identity', Buffer.from],
  ])('is decoded from %s', async (encoding, encode) => {
    const { fetched } = await asked((_, res) =>
      res.setHeader('content-encoding', encoding).end(encode(Buffer.from('{"ok":"Zoë"}'))),
    );
    expect(fetched?.json).toEqual({ ok: 'Zoë' });
  });

  test('keeps 64-bit ids exact as text and leaves other numbers alone', async () => {
    const body =
      '{"id":9007199254740993,"neg":-9007199254740993,"near":9007199254740991,"pay":1234567890123456.5,"text":"1234567890123456789"}';
    const { fetched } = await asked((_, res) => res.end(body));
    expect(fetched?.json).toEqual({
      id: '9007199254740993',
      neg: '-9007199254740993',
      near: 9007199254740991,
      pay: 1234567890123456.5,
      text: '1234567890123456789',
    });
  });

  test('may begin with a byte order mark', async () => {
    const { fetched } = await asked((_, res) => res.end('\uFEFF[]'));
    expect(fetched?.json).toEqual([]);
  });

  test('keeps its connection for the next request', async () => {
    const sockets = new Set<unknown>();
    const server = await loopback((req, res) => {
      sockets.add(req.socket);
      res.end('{}');
    });
    const { ask } = door([server.host]);
    for (let i = 0; i < 20; i++) await ask(`${server.url}/${i}`);
    expect(sockets.size).toBeLessThanOrEqual(2);
  });
});

describe('an answer that is not what it should be', () => {
  test('HTML where JSON is expected fails as parse, with its first words', async () => {
    const { error, attempts } = await asked((_, res) =>
      res
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><style>b{}</style><h1>Just a moment...</h1><p>Checking you</p>'),
    );
    expect(error).toBeInstanceOf(FetchError);
    expect(error).toMatchObject({ type: 'parse', status: 200 });
    expect(error?.message).toBe('Lever answered something that is not JSON: Just a moment... Checking you');
    expect(attempts).toHaveLength(1);
  });

  test('an empty body with 200 fails as parse', async () => {
    const { error } = await asked((_, res) => res.end());
    expect(error).toMatchObject({ type: 'parse', message: 'Lever answered 200 with an empty body' });
  });

  test('another shape fails as parse, says where, and is counted', async () => {
    const before = await metric('external_api_errors_total', { api_name: 'lever', error_type: 'parse' });
    const { error } = await asked(
      (_, res) => res.end('{"error":"maintenance"}'),
      {},
      { schema: z.object({ jobs: z.array(z.unknown()) }) },
    );
    expect(error).toMatchObject({ type: 'parse' });
    expect(error?.message).toMatch(/at jobs \(.*\); it says: maintenance$/);
    expect(await metric('external_api_errors_total', { api_name: 'lever', error_type: 'parse' })).toBe(before + 1);
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('a %s body that ends early fails, never silently', async (encoding, encode) => {
    const whole = encode(Buffer.from(JSON.stringify({ text: 'x'.repeat(5_000), more: [...Array(500).keys()] })));
    const { error } = await asked((_, res) =>
      res.setHeader('content-encoding', encoding).end(whole.subarray(0, whole.length - 20)),
    );
    expect(error).toMatchObject({ type: 'parse', message: `Lever: the ${encoding} body is cut off or damaged` });
  });

  test('a coding that nobody asked for fails as parse', async () => {
    const { error } = await asked((_, res) => res.setHeader('content-encoding', 'compress').end('..'));
    expect(error).toMatchObject({ type: 'parse' });
    expect(error?.message).toContain('"compress"');
  });

  test('control characters of an answer do not reach a message', async () => {
    const { error } = await asked((_, res) => res.end('\u001b[31mred\u0007\nline two'));
    expect(error?.message).toBe('Lever answered something that is not JSON: [31mred line two');
  });
});

describe('sizes', () => {
  test('an endless body is cut at the limit while it streams', async () => {
    let sent = 0;
    const { error } = await asked(
      (_, res) => {
        const pour = () => {
          while (!res.destroyed && res.write(Buffer.alloc(64 * 1024, 'a'))) sent += 64 * 1024;
          if (!res.destroyed) res.once('drain', pour);
        };
        pour();
      },
      { bytesMax: 200_000 },
    );
    expect(error).toMatchObject({ type: 'other', message: 'Lever: the body is larger than 200000 bytes' });
    expect(sent).toBeLessThan(20_000_000);
  });

  test('a bomb of zeros is cut at the decoded size', async () => {
    const bomb = gzipSync(Buffer.alloc(30_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    const { error } = await asked((_, res) => res.setHeader('content-encoding', 'gzip').end(bomb), {
      bytesMax: 1_000_000,
    });
    expect(error).toMatchObject({ type: 'other', message: 'Lever: the body is larger than 1000000 bytes' });
  });

  test('the compressed side is bounded, too: empty gzip members decode to nothing for ever', async () => {
    const members = Buffer.concat(Array.from({ length: 10_000 }, () => gzipSync('')));
    const { error } = await asked((_, res) => res.setHeader('content-encoding', 'gzip').end(members), {
      bytesMax: 100_000,
    });
    expect(error).toMatchObject({ type: 'other', message: 'Lever: the body is larger than 100000 bytes' });
  });

  test('a request may allow more than the default', async () => {
    const body = JSON.stringify('x'.repeat(5_000));
    expect((await asked((_, res) => res.end(body), { bytesMax: 1_000 })).error).toMatchObject({ type: 'other' });
    expect((await asked((_, res) => res.end(body), { bytesMax: 1_000 }, { bytesMax: 10_000 })).fetched?.bytes).toBe(
      5_002,
    );
  });
});

describe('time', () => {
  test('a server that accepts and never answers fails as timeout, once', async () => {
    const { error, attempts } = await asked(() => {}, { headersMs: 100 });
    expect(error).toMatchObject({ type: 'timeout' });
    expect(attempts).toHaveLength(1);
  });

  test('a body that stops in the middle fails as timeout', async () => {
    const { error } = await asked((_, res) => void res.write('{"a":'), { bodyMs: 100 });
    expect(error).toMatchObject({ type: 'timeout' });
  });

  test('a server that drips for ever is ended by the limit on the whole', async () => {
    const { error } = await asked(
      (_, res) => {
        const drip = setInterval(() => res.write(' '), 20);
        res.once('close', () => clearInterval(drip));
      },
      { wholeMs: 300, bodyMs: 5_000 },
    );
    expect(error).toMatchObject({ type: 'timeout', message: 'Lever did not finish its answer in time' });
  });
});

describe('retries', () => {
  test('network failures are tried three times, each one counted', async () => {
    const count = () => metric('external_api_requests_total', { api_name: 'lever', status: 'error' });
    const retries = () => metric('external_api_retries_total', { api_name: 'lever' });
    const before = [await count(), await retries()];
    const { error, attempts } = await asked((req) => req.socket.destroy());
    expect(error).toMatchObject({ type: 'network' });
    expect(attempts).toHaveLength(3);
    expect([await count(), await retries()]).toEqual([before[0]! + 3, before[1]! + 2]);
  });

  test('a 503 that passes is survived', async () => {
    let asks = 0;
    const { fetched, attempts } = await asked((_, res) => {
      asks++;
      res.writeHead(asks < 3 ? 503 : 200).end(asks < 3 ? 'busy' : '{"ok":true}');
    });
    expect(fetched?.json).toEqual({ ok: true });
    expect(attempts).toHaveLength(3);
  });

  test('a 500 that stays ends as http_5xx with its words', async () => {
    const { error, attempts } = await asked((_, res) => res.writeHead(500).end('{"error":{"message":"boom"}}'));
    expect(error).toMatchObject({ type: 'http_5xx', status: 500, message: 'Lever answered 500: boom' });
    expect(attempts).toHaveLength(3);
  });

  test('Retry-After in seconds is waited for', async () => {
    let asks = 0;
    const { fetched, attempts } = await asked((_, res) => {
      asks++;
      if (asks === 1) res.writeHead(429, { 'retry-after': '1' }).end();
      else res.end('{}');
    });
    expect(fetched?.status).toBe(200);
    expect(attempts[1]! - attempts[0]!).toBeGreaterThanOrEqual(990);
  });

  test('Retry-After as a date is waited for, and one that is over costs nothing', async () => {
    let asks = 0;
    const { fetched } = await asked((_, res) => {
      asks++;
      if (asks === 1) res.writeHead(503, { 'retry-after': new Date(Date.now() - 60_000).toUTCString() }).end();
      else res.end('{}');
    });
    expect(fetched?.status).toBe(200);
  });

  test('a Retry-After of two hours is not waited for but told', async () => {
    const { error, attempts } = await asked((_, res) => res.writeHead(429, { 'retry-after': '7200' }).end());
    expect(error).toMatchObject({ type: 'rate_limited', retryAfterMs: 7_200_000, quota: false });
    expect(attempts).toHaveLength(1);
  });

  test('a monthly quota is not retried and says when it ends', async () => {
    const { error, attempts } = await asked((_, res) =>
      res
        .writeHead(429, { 'x-ratelimit-requests-reset': '1209600' })
        .end('{"message":"You have exceeded the MONTHLY quota for Requests on your current plan, BASIC."}'),
    );
    expect(error).toMatchObject({ type: 'rate_limited', quota: true, retryAfterMs: 1_209_600_000 });
    expect(attempts).toHaveLength(1);
  });

  test.each([
    [400, 'http_4xx'],
    [401, 'auth'],
    [403, 'auth'],
    [404, 'http_4xx'],
    [304, 'other'],
  ])('%i is %s and is not retried', async (status, type) => {
    const { error, attempts } = await asked((_, res) => res.writeHead(status).end());
    expect(error).toMatchObject({ type, status });
    expect(attempts).toHaveLength(1);
  });
});

describe('403 for a pace that is too high', () => {
  test.each([
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800' }, '', 1_800_000],
    [{ 'x-ratelimit-remaining': '0' }, '', undefined],
    [{ 'retry-after': '60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800' }, '', 60_000],
    [{}, '{"code":403,"error":"Rate limit exceeded"}', undefined],
  ])('with %j and %j is rate_limited and no wrong key', async (headers, body, retryAfterMs) => {
    const { error } = await asked((_, res) => res.writeHead(403, headers).end(body), { retryAfterMaxMs: 0, tries: 1 });
    expect(error).toMatchObject({ type: 'rate_limited', status: 403, quota: false });
    expect(error?.retryAfterMs).toBe(retryAfterMs);
  });

  test('whose end is told as a time is waited for until then', async () => {
    const reset = String(Math.floor(Date.now() / 1000) + 600);
    const { error } = await asked((_, res) =>
      res.writeHead(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }).end(),
    );
    expect(error?.retryAfterMs).toBeGreaterThan(590_000);
    expect(error?.retryAfterMs).toBeLessThanOrEqual(600_000);
  });

  test('is a wrong key while there are requests left', async () => {
    const { error } = await asked((_, res) => res.writeHead(403, { 'x-ratelimit-remaining': '12' }).end());
    expect(error).toMatchObject({ type: 'auth' });
  });
});

describe('the body of a refusal', () => {
  test('that is damaged does not hide the status', async () => {
    const { error } = await asked((_, res) => res.writeHead(403, { 'content-encoding': 'gzip' }).end('not gzip'));
    expect(error).toMatchObject({ type: 'auth', status: 403, message: 'Lever answered 403' });
  });

  test('that is endless does not hide the status', async () => {
    const { error } = await asked((_, res) => {
      const pour = () => {
        while (!res.destroyed && res.write(Buffer.alloc(64 * 1024, 'a')));
        if (!res.destroyed) res.once('drain', pour);
      };
      res.writeHead(404);
      pour();
    });
    expect(error).toMatchObject({ type: 'http_4xx', status: 404 });
  });
});

describe('an aborted request', () => {
  test('ends at once with the reason of the signal, not as a failure of the source', async () => {
    const server = await loopback(() => {});
    const { ask, attempts, controller } = door([server.host]);
    const pending = ask(server.url);
    await until(() => attempts.length === 1);
    controller.abort(new Error('cancelled by a person'));
    await expect(pending).rejects.toThrow('cancelled by a person');
  });

  test('is not counted as a timeout of the source, whatever the reason', async () => {
    const server = await loopback(() => {});
    const { ask, attempts, controller } = door([server.host]);
    const count = () => metric('external_api_errors_total', { api_name: 'lever', error_type: 'timeout' });
    const before = await count();
    const other = await metric('external_api_errors_total', { api_name: 'lever', error_type: 'other' });
    const ended = expect(ask(server.url)).rejects.toThrow('over');
    await until(() => attempts.length === 1);
    controller.abort(new DOMException('over', 'TimeoutError'));
    await ended;
    await until(
      async () => (await metric('external_api_errors_total', { api_name: 'lever', error_type: 'other' })) > other,
    );
    expect(await count()).toBe(before);
  });

  test('does not wait for a Retry-After', async () => {
    const server = await loopback((_, res) => res.writeHead(429, { 'retry-after': '20' }).end());
    const { ask, attempts, controller } = door([server.host]);
    const pending = ask(server.url);
    const ended = expect(pending).rejects.toThrow('cancelled');
    await until(() => attempts.length === 1);
    const start = performance.now();
    controller.abort(new Error('cancelled'));
    await ended;
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  test('is never sent when the signal was aborted before', async () => {
    const server = await loopback((_, res) => res.end('{}'));
    const { ask, attempts, controller } = door([server.host]);
    controller.abort(new Error('too late'));
    await expect(ask(server.url)).rejects.toThrow('too late');
    expect(attempts).toHaveLength(0);
  });
});

describe('redirects', () => {
  test('to the same host are followed', async () => {
    const { fetched } = await asked((req, res) =>
      req.url === '/there' ? res.end('{"there":true}') : res.writeHead(302, { location: '/there' }).end(),
    );
    expect(fetched?.json).toEqual({ there: true });
  });

  test('in a circle end after three', async () => {
    const { error } = await asked((_, res) => res.writeHead(302, { location: '/' }).end());
    expect(error).toMatchObject({ type: 'other', message: 'Lever redirects more than 3 times' });
  });

  test('to another host are refused, and that host is never asked', async () => {
    let reached = 0;
    const other = await loopback((_, res) => {
      reached++;
      res.end('{}');
    });
    const first = await loopback((_, res) => res.writeHead(302, { location: `${other.url}/secret?token=abc` }).end());
    const { ask } = door([first.host, other.host]);
    await expect(ask(first.url)).rejects.toMatchObject({
      type: 'other',
      message: `Lever redirects to another host (${other.url}), which is not followed`,
    });
    expect(reached).toBe(0);
  });

  test('of a POST are followed where it stays a POST, and nowhere else', async () => {
    const seen: string[] = [];
    const via = (status: number) =>
      asked(
        async (req, res) => {
          seen.push(`${req.method} ${req.url} ${await text(req)}`);
          if (req.url === '/there') res.end('{"there":true}');
          else res.writeHead(status, { location: '/there' }).end();
        },
        {},
        { body: [1] },
      );
    expect((await via(308)).fetched?.json).toEqual({ there: true });
    expect(seen).toEqual(['POST / [1]', 'POST /there [1]']);
    for (const status of [301, 302, 303]) {
      const { error } = await via(status);
      expect(error).toMatchObject({ type: 'other', message: expect.stringContaining('redirects a POST') });
    }
    expect(seen.filter((line) => line.includes('/there'))).toHaveLength(1);
  });

  test('without a place to go fail', async () => {
    expect((await asked((_, res) => res.writeHead(301).end())).error).toMatchObject({ type: 'other' });
  });
});

describe('addresses', () => {
  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'http://172.16.0.1/',
    'http://100.64.0.1/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://１２７.0.0.1/',
    'http://localhost/',
    'http://LOCALHOST:9/',
  ])('%s is refused without a connection', async (url) => {
    const { ask, attempts } = door([]);
    await expect(ask(url)).rejects.toMatchObject({
      type: 'other',
      message: expect.stringContaining('not a public address'),
    });
    expect(attempts).toHaveLength(1);
  });

  test('only the very host and port that the operator named may be private', async () => {
    const server = await loopback((_, res) => res.end('{}'));
    const other = await loopback((_, res) => res.end('{}'));
    const { ask } = door([server.host]);
    await expect(ask(server.url)).resolves.toMatchObject({ status: 200 });
    await expect(ask(other.url)).rejects.toMatchObject({ type: 'other' });
  });

  test('a port where nobody listens fails as network', async () => {
    const free = await freePort();
    const { ask, attempts } = door([`127.0.0.1:${free}`]);
    await expect(ask(`http://127.0.0.1:${free}/`)).rejects.toMatchObject({
      type: 'network',
      message: 'Lever cannot be reached (ECONNREFUSED)',
    });
    expect(attempts).toHaveLength(3);
  });

  test('a server that speaks no HTTP fails as network', async () => {
    const server = createTcpServer((socket) => socket.end('SSH-2.0-nothing for you\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(door([host]).ask(`http://${host}/`)).rejects.toMatchObject({ type: 'network' });
  });
});

describe('secrets', () => {
  test('an answer that repeats the request does not bring a key into the error', async () => {
    const server = await loopback((req, res) => {
      res
        .writeHead(403, { 'content-type': 'text/plain' })
        .end(`refused ${req.url} for ${req.headers['x-rapidapi-key']}`);
    });
    const { ask } = door([server.host]);
    const error = await ask(`${server.url}/v1?app_id=abc12345&app_key=s3cr3t%2Bkey&what=okta`, {
      headers: { 'x-rapidapi-key': 'rapid-0123456789' },
    }).catch((e: FetchError) => e);
    expect(error).toMatchObject({
      type: 'auth',
      message: 'Lever answered 403: refused /v1?app_id=***&app_key=***&what=okta for ***',
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/s3cr3t|abc12345|rapid-0123/);
  });

  test('a key that stands in the path, behind a word in a header, or across the end of what is quoted, stays out, too', async () => {
    const key = 'jo/ob-0123456789';
    const server = await loopback((req, res) => {
      res.writeHead(403).end(`${'x'.repeat(100)} ${req.url} ${req.headers.authorization} ${key}`);
    });
    const { ask } = door([server.host], {}, [key]);
    const error = await ask(`${server.url}/api/${encodeURIComponent(key)}`, {
      headers: { authorization: `Token ${key}` },
    }).catch((e: FetchError) => e);
    expect((error as Error).message).toContain('/api/***');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/jo\/|jo%2F|ob-0/);
  });

  test('a key that cannot be sent is named as the likely cause, without its value', async () => {
    const server = await loopback((_, res) => res.end('{}'));
    const { ask, attempts } = door([server.host]);
    const error = await ask(server.url, { headers: { 'x-rapidapi-key': 'two\nlines' } }).catch((e: FetchError) => e);
    expect(error).toMatchObject({ type: 'other', message: expect.stringContaining('look at its key') });
    expect((error as Error).message).not.toContain('lines');
    expect(attempts).toHaveLength(1);
  });
});

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
