import { describe, expect, test } from 'vitest';
import { FetchError } from '../../shared/errors.ts';
import { SiteUnknownError } from './permission/permission.ts';
import { causeOf, endOfWaiting, type Wait, waitOfFailure } from './wait.ts';

const MINUTE_MS = 60_000;
const wait = (more: Partial<Wait>): Wait => ({
  source: 'reed',
  why: 'budget',
  note: 'day',
  kind: null,
  waitMs: 60 * MINUTE_MS,
  ...more,
});

describe('a unit that must wait', () => {
  test.each([
    ['a budget that is free again soon', { waitMs: 10 * MINUTE_MS }, 0],
    ['its turn in a long line', { why: 'pace' } as const, 24 * 60 * MINUTE_MS],
    ['a site that cannot say whether it may be read', { why: 'robots', waitMs: 10 * MINUTE_MS } as const, 0],
  ])('comes again for %s', (_, more, waitedMs) => {
    expect(endOfWaiting(wait(more), waitedMs)).toBeUndefined();
  });

  test.each([
    ['a budget that is spent for longer than a scan waits', {}],
    ['a budget for the lifetime of the key', { note: 'lifetime', waitMs: null }],
    ['a quota that the source says is spent', { why: 'breaker', kind: 'quota', note: 'answered 429' } as const],
  ])('is out of quota, and no failure, for %s', (_, more) => {
    expect(endOfWaiting(wait(more), 0)).toEqual({
      state: 'out_of_quota',
      error: expect.stringMatching(/^not asked: Reed has no (request|quota)/),
    });
  });

  test.each([
    ['rate_limited', { why: 'back-off', note: 'answered 429' } as const],
    ['auth', { why: 'breaker', kind: 'key' } as const],
    ['network', { why: 'breaker', kind: 'failures', waitMs: 30 * MINUTE_MS } as const],
    ['other', { why: 'robots' } as const],
  ])('fails as %s where the source is what fails', (errorType, more) => {
    expect(endOfWaiting(wait(more), 0)).toMatchObject({ state: 'failed', errorType });
  });

  test('has waited enough when all of its waits together are too long', () => {
    expect(endOfWaiting(wait({ waitMs: 10 * MINUTE_MS }), 6 * MINUTE_MS)).toMatchObject({ state: 'out_of_quota' });
  });
});

describe('a failure that says when to come again', () => {
  test('is a back-off, or the silence of a site about its robots.txt', () => {
    const busy = new FetchError('rate_limited', 'Reed answered 429', { status: 429, retryAfterMs: 5000 });
    expect(waitOfFailure('reed', busy)).toMatchObject({ why: 'back-off', waitMs: 5000 });
    const site = waitOfFailure('jsonld', new SiteUnknownError('a.example cannot say', 10 * MINUTE_MS));
    expect(site).toMatchObject({ why: 'robots', waitMs: 10 * MINUTE_MS });
    expect(site && causeOf(site)).toBe('a.example cannot say');
  });

  test('is not waited for when it is a quota, or says nothing of a time', () => {
    const spent = new FetchError('rate_limited', 'spent', { retryAfterMs: 5000, quota: true });
    expect([waitOfFailure('reed', spent), waitOfFailure('reed', new FetchError('network', 'gone'))]).toEqual([
      undefined,
      undefined,
    ]);
  });
});
