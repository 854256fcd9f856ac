import { expect, test } from 'vitest';
import { inUtc, readKey } from './orders.ts';

test.each([
  ['2026-11-23T06:07:08.123456+00:00', '2026-11-23T06:07:08.123456Z'],
  ['2026-11-23T06:07:08+00:00', '2026-11-23T06:07:08.000000Z'],
  ['2026-11-23T06:07:08.5+00:00', '2026-11-23T06:07:08.500000Z'],
  ['2026-01-01T00:30:00.000001+01:00', '2025-12-31T23:30:00.000001Z'],
  ['2025-12-31T20:15:00.25-05:30', '2026-01-01T01:45:00.250000Z'],
  ['1880-01-01T00:53:28+00:53:28', '1880-01-01T00:00:00.000000Z'],
])('a moment of any session, %s, is told in UTC to the microsecond', (stated, utc) => {
  expect(inUtc(stated)).toBe(utc);
});

test('a key has what its order goes by', () => {
  const moment = '2026-11-23T06:07:08.123456+00:00';
  const posted_at = '2026-11-23T06:07:08.123456Z';
  const id = '9007199254740993';
  expect(readKey('date', [id, moment])).toEqual({ id, posted_at });
  expect(readKey('match', [id, 40, moment])).toEqual({ id, score: 40, posted_at });
  expect(readKey('pay', [id, 81_234.56])).toEqual({ id, pay: 81_234.56 });
});
