/** What single requests may ask of the door beyond JSON: another format, more patience, another try. */
import type { RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { FetchError } from '../../shared/errors.ts';
import type { FetchRequest } from '../../worker/http/fetch.ts';
import { HTML_FORMAT } from '../../worker/http/html.ts';
import type { HttpLimits } from '../../worker/http/limits.ts';
import { xmlFormat } from '../../worker/http/xml.ts';
import { createHttp } from '../../worker/http.ts';
import { loopback } from './loopback.ts';

const XML = xmlFormat(() => false);

async function asked(answer: RequestListener, more: Partial<FetchRequest<unknown>>, limits: Partial<HttpLimits> = {}) {
  const server = await loopback(answer);
  const http = createHttp({
    contact: 'mailto:ops@example.org',
    version: '1',
    allowPrivateFor: new Set([server.host]),
    limits: { backoffMs: 1, ...limits },
  });
  onTestFinished(() => http.close());
  let attempts = 0;
  const fetch = http.fetchFor('lever', { signal: new AbortController().signal, onAttempt: () => attempts++ });
  const outcome = await fetch({ url: new URL(server.url), endpoint: '/test', schema: z.unknown(), ...more }).then(
    (fetched) => ({ fetched, error: undefined }),
    (error: unknown) => ({ fetched: undefined, error: error as FetchError }),
  );
  return { ...outcome, attempts };
}

describe('another format', () => {
  test('is asked for by its name and read in its own charset', async () => {
    let accept: string | undefined;
    const { fetched } = await asked(
      (req, res) => {
        accept = req.headers.accept;
        res.setHeader('content-type', 'text/xml; charset=iso-8859-1').end(Buffer.from('<a><b>Köln</b></a>', 'latin1'));
      },
      { format: XML },
    );
    expect(accept).toMatch(/^application\/xml/);
    expect(fetched?.json).toEqual({ a: { b: 'Köln' } });
  });

  test('that is not what came fails as parse, with the first words of what came', async () => {
    const { error } = await asked((_, res) => res.end('<!doctype html><h1>Feed switched off</h1>'), { format: XML });
    expect(error).toMatchObject({
      type: 'parse',
      message: 'Lever answered something that is not XML: Feed switched off',
    });
  });

  test('is held to its schema and to the limit of its size', async () => {
    const schema = z.object({ feed: z.unknown() });
    const other = await asked((_, res) => res.end('<error/>'), { format: XML, schema });
    expect(other.error).toMatchObject({ type: 'parse', message: expect.stringContaining('at feed') });
    const large = await asked((_, res) => res.end(`<feed>${'x'.repeat(2000)}</feed>`), { format: XML, bytesMax: 1000 });
    expect(large.error).toMatchObject({ type: 'other', message: expect.stringContaining('larger than') });
  });

  test('HTML is given to the schema as its text', async () => {
    const schema = z.string().transform((html) => html.length);
    const { fetched } = await asked((_, res) => res.end('<p>four</p>'), { format: HTML_FORMAT, schema });
    expect(fetched?.json).toBe(11);
  });
});

describe('another try', () => {
  const failsOnce = (status: number, headers = {}): RequestListener => {
    let asks = 0;
    return (_, res) => void (++asks === 1 ? res.writeHead(status, headers).end('no') : res.end('{}'));
  };

  test('is given to a status that this source answers in passing', async () => {
    expect(await asked(failsOnce(400), { retryOn: [400] })).toMatchObject({ fetched: { status: 200 }, attempts: 2 });
    expect(await asked(failsOnce(400), {})).toMatchObject({ error: { status: 400 }, attempts: 1 });
    expect(await asked(failsOnce(404), { retryOn: [400] })).toMatchObject({ error: { status: 404 }, attempts: 1 });
  });

  test('is not given to one that asks for hours, and ends after three', async () => {
    const hours = { 'retry-after': '7200' };
    expect(await asked(failsOnce(400, hours), { retryOn: [400] })).toMatchObject({ attempts: 1 });
    const always: RequestListener = (_, res) => void res.writeHead(400).end();
    expect(await asked(always, { retryOn: [400] })).toMatchObject({ error: { status: 400 }, attempts: 3 });
  });

  test('after a 403 that sets a cookie brings the cookie, once', async () => {
    const seen: (string | undefined)[] = [];
    const wall: RequestListener = (req, res) => {
      seen.push(req.headers.cookie);
      if (req.headers.cookie === undefined) {
        res.writeHead(403, { 'set-cookie': ['wall=passed; Path=/; HttpOnly', 'b=2'] }).end();
      } else res.end('{}');
    };
    expect(await asked(wall, { keepCookies: true })).toMatchObject({ fetched: { status: 200 }, attempts: 2 });
    expect(seen).toEqual([undefined, 'wall=passed; b=2']);
    expect(await asked(wall, {})).toMatchObject({ error: { type: 'auth' }, attempts: 1 });
  });

  test.each([
    ['without a cookie', {}, 1],
    ['with the same cookie again', { 'set-cookie': 'a=1' }, 2],
  ])('after a 403 %s leads nowhere', async (_, headers, attempts) => {
    const answer: RequestListener = (__, res) => void res.writeHead(403, headers).end();
    expect(await asked(answer, { keepCookies: true })).toMatchObject({ error: { type: 'auth' }, attempts });
  });

  test('after a 403 with ever new cookies ends after three', async () => {
    let asks = 0;
    const answer: RequestListener = (_, res) => void res.writeHead(403, { 'set-cookie': `a=${++asks}` }).end();
    expect(await asked(answer, { keepCookies: true })).toMatchObject({ error: { type: 'auth' }, attempts: 3 });
  });
});

test('patience waits longer for the head of an answer', async () => {
  // undici looks at its timers about once a second.
  const late: RequestListener = (_, res) => void setTimeout(() => res.end('{}'), 2_200);
  const [usual, patient] = await Promise.all([
    asked(late, {}, { headersMs: 200 }),
    asked(late, { patience: 50 }, { headersMs: 200 }),
  ]);
  expect(usual.error).toMatchObject({ type: 'timeout' });
  expect(patient.fetched?.status).toBe(200);
});
