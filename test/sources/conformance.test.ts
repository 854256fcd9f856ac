/** What holds for every source. A new source passes this file unchanged; its own habits have tests of their own. */
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { FetchError } from '../../shared/errors.ts';
import { SOURCE_NAMES, sourceInfo } from '../../shared/sources.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { normalise } from '../../worker/steps/normalise/normalise.ts';
import { contentHash } from '../../worker/store.ts';
import type { Fault } from '../internet/faults.ts';
import type { Row } from '../internet/speaker.ts';
import { SPEAKERS } from '../internet/speakers/all.ts';
import { FIXTURES } from './fixture.ts';
import { idsOf, internetOf, KEYS, manyRows, read } from './kit.ts';

let checks = 0;
beforeEach(() => void checks++);
afterAll(() => {
  process.stdout.write(`conformance: ${checks} checks over ${SOURCE_NAMES.length} sources\n`);
});

const PAGED = SOURCE_NAMES.filter((name) => SPEAKERS[name].paged);

test('there are sources, with and without pages', () => {
  expect(SOURCE_NAMES.length).toBeGreaterThanOrEqual(5);
  expect(PAGED.length).toBeGreaterThan(0);
  expect(PAGED.length).toBeLessThan(SOURCE_NAMES.length);
});

describe.each(SOURCE_NAMES)('%s', (source) => {
  const connector = CONNECTORS[source];
  const fixture = FIXTURES[source];
  const parse = (row: Row) => connector.item.parse(row);

  /** One read of the fixture's rows while the source has these faults. */
  const readWith = async (...faults: Fault[]) => {
    const internet = await internetOf(source, fixture.items);
    internet.setFaults(source, ...faults);
    return { internet, ...(await read(source, internet)) };
  };

  describe('mapping', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-22T12:00:00Z') });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    test('makes of each row what its fixture says', () => {
      const made = Object.fromEntries(
        fixture.items.map((row) => {
          const item = parse(row);
          return [connector.nativeId(item), JSON.parse(JSON.stringify(connector.toPosting(item, fixture.board)))];
        }),
      );
      expect(Object.keys(fixture.expect).length).toBeGreaterThan(2);
      expect(made).toMatchObject(fixture.expect);
      expect(Object.keys(made)).toHaveLength(fixture.items.length); // ids are unique
    });

    test.each(fixture.items.map((row) => [connector.nativeId(parse(row)), row] as const))(
      'keeps its promises for %s',
      (_, row) => {
        const posting = connector.toPosting(parse(row), fixture.board);
        for (const link of [posting.url, ...posting.applyUrls]) expect(link).toMatch(/^https?:\/\//);
        for (const field of [posting.title, posting.company ?? '', ...posting.places]) {
          expect(field).not.toMatch(/&[a-z#0-9]+;|<[a-z/]/i);
        }
        expect(posting.title.trim()).not.toBe('');
        expect(posting.html === null ? posting.plain : posting.html).toEqual(expect.any(String));
        expect(posting.html === null || posting.plain === null).toBe(true);
        expect(
          posting.pay === null || posting.pay.min !== null || posting.pay.max !== null || posting.pay.raw !== '',
        ).toBe(true);
        const ready = normalise(posting, source);
        expect(ready.title).not.toBe('');
        expect(ready.html).not.toMatch(/<script|\son\w+=/i);
      },
    );

    test.each(fixture.unusable.map((patch) => [JSON.stringify(patch), patch] as const))(
      'refuses what fits but is no posting: %s',
      (_, patch) => {
        const item = parse({ ...fixture.items[0], ...patch });
        expect(() => connector.toPosting(item, fixture.board)).toThrow(Error);
      },
    );

    test('refuses a date that cannot be true', () => {
      vi.setSystemTime(new Date('2010-01-01T00:00:00Z')); // all postings lie in the future now
      for (const row of fixture.items) expect(connector.toPosting(parse(row), fixture.board).statedAt).toBeNull();
    });
  });

  describe('a healthy read', () => {
    test('brings every row once, is complete, and asks only what it must', async () => {
      const { internet, items, invalid, end, error } = await readWith();
      expect(error).toBeUndefined();
      expect(invalid).toEqual([]);
      expect(idsOf(source, items).sort()).toEqual(fixture.items.map((row) => connector.nativeId(parse(row))).sort());
      expect(end).toEqual({ complete: true, problems: [] });
      expect(internet.requests.every((request) => request.source === source && request.status === 200)).toBe(true);
    });

    test('names us in every request and labels it with a pattern, never with a name', async () => {
      const { internet, endpoints } = await readWith();
      for (const { headers } of internet.requests) {
        expect(headers['user-agent']).toBe(fixture.userAgent ?? 'IAM-Job-Scout/0.0.1 (+mailto:ops@example.org)');
      }
      expect(new Set(endpoints).size).toBeLessThanOrEqual(2); // a list, and what is behind its entries
      for (const endpoint of endpoints) {
        expect(endpoint).toMatch(/^\/[a-z0-9/:._-]*$/);
        expect(endpoint).not.toContain(fixture.board.token);
      }
    });

    test('of a source without postings is complete and brings none', async () => {
      const internet = await internetOf(source, []);
      const { items, invalid, end } = await read(source, internet);
      expect({ items, invalid, end }).toEqual({ items: [], invalid: [], end: { complete: true, problems: [] } });
    });

    test('survives a slow answer and one refusal that passes', async () => {
      const slow: Fault = { kind: 'slow', ms: 100, times: 1 };
      const busy: Fault = { kind: 'refuse', status: 429, headers: { 'retry-after': '0' }, times: 1 };
      const { items, end } = await readWith(busy, slow);
      expect(items).toHaveLength(fixture.items.length);
      expect(end?.complete).toBe(true);
    });

    test('lets unknown fields pass and keeps them in the raw record', async () => {
      const rows = fixture.items.map((row) => ({ ...row, brand_new_field: { deep: [1] } }));
      const { items, invalid } = await read(source, await internetOf(source, rows));
      expect(invalid).toEqual([]);
      expect(items).toHaveLength(rows.length);
      for (const item of items) expect(item).toMatchObject({ brand_new_field: { deep: [1] } });
    });
  });

  describe('what counts as unchanged', () => {
    test('is the same for two answers about the same postings', async () => {
      const internet = await internetOf(source, fixture.items);
      const hashes = async () => {
        const { items } = await read(source, internet);
        return Object.fromEntries(items.map((item) => [connector.nativeId(item), contentHash(connector.stable(item))]));
      };
      const first = await hashes();
      expect(Object.keys(first)).toHaveLength(fixture.items.length);
      expect(await hashes()).toEqual(first);
    });

    test('does not ask the fields that the fixture calls volatile, and the source does change them', () => {
      const [row = {}] = fixture.items;
      const [one, other] = [SPEAKERS[source].noise(row, 1), SPEAKERS[source].noise(row, 2)];
      for (const field of fixture.volatile) expect(one[field], field).not.toEqual(other[field]);
    });

    test('is not what has another value in any other field', () => {
      const [row = {}] = fixture.items;
      const before = contentHash(connector.stable(parse(row)));
      const fields = Object.keys(row).filter((field) => !fixture.volatile.includes(field));
      expect(fields.length).toBeGreaterThan(5);
      for (const field of fields) {
        const changed = connector.stable({ ...(parse(row) as Row), [field]: 'another value' });
        expect(contentHash(changed).equals(before), field).toBe(false);
      }
    });
  });

  describe('rows that do not fit', () => {
    test.each(fixture.unfit.map((patch) => [JSON.stringify(patch), patch] as const))(
      '%s: that row is set aside with its problem, the others are kept',
      async (_, patch) => {
        const { items, invalid, error } = await readWith({ kind: 'patch-first', patch, times: 1 });
        expect(error).toBeUndefined();
        expect(items).toHaveLength(fixture.items.length - 1);
        expect(invalid).toHaveLength(1);
        expect(invalid[0]?.item).toMatchObject(patch);
        expect(invalid[0]?.problem).toContain(Object.keys(patch)[0]);
      },
    );
  });

  describe('an answer that is no answer', () => {
    test('a page for people fails as parse', async () => {
      const { error, items } = await readWith({ kind: 'html' });
      expect(error).toMatchObject({
        name: 'FetchError',
        type: 'parse',
        message: expect.stringContaining('maintenance'),
      });
      expect(items).toEqual([]);
    });

    test.each(fixture.errorsWith200.map((body) => [JSON.stringify(body), body] as const))(
      '200 with %s fails as parse and is not taken for an empty list',
      async (_, body) => {
        const { error, end } = await readWith({ kind: 'body', body });
        expect(error).toBeInstanceOf(FetchError);
        expect(error).toMatchObject({ type: 'parse' });
        expect(end).toBeUndefined();
      },
    );

    test('a gzip stream that ends early fails', async () => {
      const internet = await internetOf(source, manyRows(source, 30));
      internet.setFaults(source, { kind: 'damaged-gzip' });
      expect((await read(source, internet)).error).toMatchObject({ type: 'parse' });
    });

    test('a connection that breaks in the middle of the body fails as network', async () => {
      expect((await readWith({ kind: 'cut' })).error).toMatchObject({ type: 'network' });
    });

    test('a body without end fails within its limit', async () => {
      expect((await readWith({ kind: 'endless-body' })).error).toMatchObject({
        type: 'other',
        message: expect.stringContaining('larger than'),
      });
    });

    test('silence fails as timeout', async () => {
      const internet = await internetOf(source, fixture.items);
      internet.setFaults(source, { kind: 'hang' });
      expect((await read(source, internet, { limits: { headersMs: 100 } })).error).toMatchObject({ type: 'timeout' });
    });
  });

  describe('a refusal', () => {
    test.each(
      fixture.refusals.map((refusal) => [`${refusal.status} ${JSON.stringify(refusal.body)}`, refusal] as const),
    )('%s has its name and throws', async (_, { status, headers, body, type, quota }) => {
      const { error, items } = await readWith({ kind: 'refuse', status, headers, body });
      expect(error).toBeInstanceOf(FetchError);
      expect(error).toMatchObject({ type, quota, status });
      expect(items).toEqual([]);
    });

    test.each([
      [401, 'auth'],
      [403, 'auth'],
      [404, 'http_4xx'],
      [429, 'rate_limited'],
      [500, 'http_5xx'],
      [503, 'http_5xx'],
    ])('%i on the first page throws FetchError %s', async (status, type) => {
      const { error } = await readWith({ kind: 'refuse', status });
      expect(error).toBeInstanceOf(FetchError);
      expect(error).toMatchObject({ type, status });
    });

    test('of something that is not there is not an empty list', async () => {
      const { error } = await read(source, await internetOf(source, undefined));
      expect(error).toMatchObject({ name: 'FetchError', type: 'http_4xx', status: 404 });
    });

    test('that repeats our keys does not bring them into the error', async () => {
      const body = { message: `no: ${Object.values(KEYS).join(' ')}` };
      const { error } = await readWith({ kind: 'refuse', status: 403, body });
      const used = sourceInfo(source).keys.map((name) => KEYS[name as keyof typeof KEYS]);
      for (const key of used) expect(String((error as Error).message)).not.toContain(key);
    });
  });

  test('a read that is aborted ends with the reason of the signal', async () => {
    const internet = await internetOf(source, fixture.items);
    internet.setFaults(source, { kind: 'hang' });
    const controller = new AbortController();
    const pending = read(source, internet, { signal: controller.signal });
    await vi.waitUntil(() => internet.requests.length > 0);
    controller.abort(new Error('cancelled by a person'));
    expect(((await pending).error as Error).message).toBe('cancelled by a person');
  });

  test('says on every page what its terms ask for, with a link', () => {
    const { attribution, label, homepage } = sourceInfo(source);
    expect(attribution.text.length).toBeGreaterThan(label.length - 1);
    expect(attribution.url).toMatch(/^https:\/\//);
    expect(homepage).toMatch(/^https:\/\//);
  });
});

describe.each(PAGED)('%s, which has pages', (source) => {
  const ROWS = 250;

  const readMany = async (faults: readonly Fault[], settings = {}) => {
    const internet = await internetOf(source, manyRows(source, ROWS));
    internet.setFaults(source, ...faults);
    return { internet, ...(await read(source, internet, { settings: { adzunaCountries: ['us'], ...settings } })) };
  };

  test('is read to its last page', async () => {
    const { items, end } = await readMany([]);
    expect(new Set(idsOf(source, items)).size).toBe(ROWS);
    expect(items).toHaveLength(ROWS);
    expect(end).toEqual({ complete: true, problems: [] });
  });

  test.each([
    ['500', { kind: 'refuse', status: 500 }],
    ['a page for people', { kind: 'html' }],
    ['an error with 200', { kind: 'body', body: { error: 'sorry' } }],
    ['a broken connection', { kind: 'cut' }],
    ['a monthly quota', { kind: 'refuse', status: 429, body: { message: 'You have exceeded the MONTHLY quota' } }],
  ] satisfies [string, Fault][])(
    'a second page with %s makes the read incomplete and keeps what came',
    async (_, fault) => {
      const { items, end, error } = await readMany([{ ...fault, page: 1 }]);
      expect(error).toBeUndefined();
      expect(items.length).toBeGreaterThan(0);
      expect(items.length).toBeLessThan(ROWS);
      expect(end?.complete).toBe(false);
      expect(end?.problems).toHaveLength(1);
      expect(end?.problems[0]?.error).toBeInstanceOf(FetchError);
      expect(end?.problems[0]?.what).toMatch(/^page 2 of /);
      expect(end?.problems[0]?.ownLimit).toBeUndefined();
    },
  );

  test('ends at our own limit when there is always one page more', async () => {
    const { internet, items, end } = await readMany([{ kind: 'endless-pages' }], { pagesMax: 4 });
    expect(internet.requests).toHaveLength(4);
    expect(new Set(idsOf(source, items)).size).toBe(items.length);
    expect(end?.complete).toBe(false);
    expect(end?.problems).toMatchObject([{ ownLimit: true }]);
  });

  test('ends when the source sends the first page for ever', async () => {
    const { internet, items, end } = await readMany([{ kind: 'repeat' }], { concurrency: 1 });
    expect(internet.requests).toHaveLength(2);
    expect(new Set(idsOf(source, items)).size).toBe(items.length);
    expect(end?.complete).toBe(false);
    expect(end?.problems).toHaveLength(1);
    expect(end?.problems[0]?.error).toMatchObject({ message: expect.stringContaining('repeats') });
  });

  test('never has more requests open than it may', async () => {
    const { internet, items } = await readMany([{ kind: 'slow', ms: 5 }], { concurrency: 2 });
    expect(items).toHaveLength(ROWS);
    expect(internet.mostAtOnce(source)).toBeLessThanOrEqual(2);
  });

  test('asks for no more pages than a reader who stops can take', async () => {
    const internet = await internetOf(source, manyRows(source, ROWS));
    const controller = new AbortController();
    onTestFinished(() => controller.abort());
    const stop = () => controller.abort(new Error('enough'));
    const { error } = await read(source, internet, { signal: controller.signal, onPage: stop });
    expect((error as Error).message).toBe('enough');
    expect(internet.requests.length).toBeLessThanOrEqual(1 + sourceInfo(source).concurrency);
  });
});
