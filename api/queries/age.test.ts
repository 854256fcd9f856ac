import { expect, test } from 'vitest';
import { type AgePosting, ageOf } from './age.ts';

const now = new Date('2026-11-22T12:00:00Z');
const posting = (id: string, more: Partial<AgePosting> = {}): AgePosting => ({
  id,
  firstSeenAt: '2026-11-01T12:00:00Z',
  statedAt: null,
  closedAt: null,
  reposts: 0,
  ...more,
});

test('an open posting runs until now', () => {
  expect(ageOf([posting('1')], [], 0, now)).toEqual({
    firstSeenAt: '2026-11-01T12:00:00Z',
    statedAt: null,
    reposts: 0,
    longestRunDays: 21,
  });
});

test('a break ends a run, and being listed again is a repost', () => {
  const events = [
    { postingId: '1', kind: 'close', at: '2026-11-05T12:00:00Z' },
    { postingId: '1', kind: 'reopen', at: '2026-11-20T12:00:00Z' },
  ] as const;
  expect(ageOf([posting('1')], events, 0, now)).toMatchObject({ reposts: 1, longestRunDays: 4 });
});

test('another posting bridges the gap; the earliest dates count', () => {
  const first = posting('1', { closedAt: '2026-11-10T12:00:00Z', statedAt: '2026-10-30T00:00:00Z', reposts: 2 });
  const second = posting('2', { firstSeenAt: '2026-11-08T12:00:00Z', statedAt: '2026-11-07T00:00:00Z' });
  const events = [{ postingId: '1', kind: 'close', at: '2026-11-10T12:00:00Z' }] as const;
  expect(ageOf([first, second], events, 1, now)).toEqual({
    firstSeenAt: '2026-11-01T12:00:00Z',
    statedAt: '2026-10-30T00:00:00Z',
    reposts: 3,
    longestRunDays: 21,
  });
});

test('a closed posting without an event ends where its row says', () => {
  expect(ageOf([posting('1', { closedAt: '2026-11-04T12:00:00Z' })], [], 0, now).longestRunDays).toBe(3);
});
