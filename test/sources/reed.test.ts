import { describe, expect, test } from 'vitest';
import { reed } from '../../worker/sources/reed.ts';
import { FIXTURES } from './fixture.ts';
import { askedOf, internetOf, KEYS, manyRows, read } from './kit.ts';

const { items: rows, board } = FIXTURES.reed;
const mapped = (patch: object) => reed.toPosting(reed.item.parse({ ...rows[0], ...patch }), board);

describe('a request to Reed', () => {
  test('has the key as the name and nothing as the password, and skips what came', async () => {
    const internet = await internetOf('reed', manyRows('reed', 230));
    await read('reed', internet, { settings: { queries: ['pam'] } });
    expect(askedOf(internet)).toEqual(
      ['0', '100', '200'].map((skip) => `/api/1.0/search?keywords=pam&resultsToTake=100&resultsToSkip=${skip}`),
    );
    const { authorization } = internet.requests[0]?.headers ?? {};
    expect(Buffer.from(String(authorization).replace('Basic ', ''), 'base64').toString()).toBe(`${KEYS.REED_API_KEY}:`);
  });

  test('that is refused keeps the key out of the error, also as it was sent', async () => {
    const internet = await internetOf('reed', rows);
    const sent = Buffer.from(`${KEYS.REED_API_KEY}:`).toString('base64');
    internet.setFaults('reed', { kind: 'refuse', status: 401, body: `${KEYS.REED_API_KEY} Basic ${sent}` });
    expect((await read('reed', internet)).error).toMatchObject({ message: 'Reed answered 401: *** ***' });
  });
});

test.each([
  ['18/11/2026', '2026-11-18T00:00:00.000Z'],
  ['03/04/2026', '2026-04-03T00:00:00.000Z'],
  ['11/18/2026', undefined],
  ['31/02/2026', undefined],
  ['2026-11-18', undefined],
  ['', undefined],
  [null, undefined],
])('the date %j is %s: the day comes first, and no month is taken for a day', (date, expected) => {
  expect(mapped({ date }).statedAt?.toISOString()).toBe(expected);
});

test.each([
  [{ minimumSalary: null, maximumSalary: null, currency: null }, null],
  [{ minimumSalary: 0, maximumSalary: 0 }, null],
  [
    { minimumSalary: 13.5, maximumSalary: null },
    { min: 13.5, max: null, currency: 'GBP', period: null },
  ],
  [
    { minimumSalary: 550, maximumSalary: 600, currency: null },
    { min: 550, max: 600, currency: null, period: null },
  ],
])('pay of %j is %j: hidden pay is no zero, and a period is not told', (patch, expected) => {
  if (expected === null) expect(mapped(patch).pay).toBeNull();
  else expect(mapped(patch).pay).toMatchObject(expected);
});

test.each([
  ['30/12/2026', '2026-12-30T23:59:59.999Z'],
  ['12/30/2026', undefined],
  [7, undefined],
  [undefined, undefined],
])('the last day %j of a posting is %s', (expirationDate, expected) => {
  expect(reed.expiresAt?.(reed.item.parse({ ...rows[0], expirationDate }))?.toISOString()).toBe(expected);
});
