import { describe, expect, test } from 'vitest';
import type { SeenAdvert } from './advert.ts';
import { changesOf, payLine } from './changes.ts';

const PAY = { raw: '80k', min: 80_000, max: 90_000, currency: 'EUR', period: 'year', estimated: false };
const SEEN: SeenAdvert = {
  title: 'IAM Engineer',
  company: 'Acme',
  places: ['Berlin'],
  workMode: 'hybrid',
  employment: [],
  pay: PAY,
  url: 'https://a.example/1',
  state: 'open',
  closedAt: null,
  postedAt: null,
  statedAt: null,
  firstSeenAt: null,
};
const now = (more: Partial<SeenAdvert>) => ({
  jobId: '7',
  advert: { ...SEEN, ...more },
  why: 'gone from its board',
  reopenedAt: '2026-11-22T00:00:00.000Z',
});

describe('what changed of a tracked job', () => {
  test('is nothing when it is as it was seen', () => {
    expect(changesOf(SEEN, '7', now({}))).toEqual([]);
    expect(changesOf(SEEN, '7', now({ pay: { ...PAY, raw: '80.000 to 90.000' } }))).toEqual([]);
    expect(changesOf(SEEN, '7', now({ url: 'https://b.example', employment: ['full_time'] }))).toEqual([]);
  });

  test('is that it closed, with when and why', () => {
    const closedAt = '2026-11-21T00:00:00.000Z';
    expect(changesOf(SEEN, '7', now({ state: 'closed', closedAt }))).toEqual([
      { kind: 'closed', at: closedAt, why: 'gone from its board' },
    ]);
  });

  test('is that it opened again, but not that what was in doubt is open', () => {
    expect(changesOf({ ...SEEN, state: 'closed' }, '7', now({}))).toEqual([
      { kind: 'reopened', at: '2026-11-22T00:00:00.000Z', why: null },
    ]);
    expect(changesOf({ ...SEEN, state: 'unknown' }, '7', now({}))).toEqual([]);
  });

  test('is another pay, title, company, place or way of working, with both', () => {
    const present = now({ pay: { ...PAY, max: 95_000 }, title: 'IAM Lead', places: ['Berlin', 'Bonn'], company: null });
    expect(changesOf(SEEN, '7', present)).toEqual([
      { kind: 'title', from: 'IAM Engineer', to: 'IAM Lead' },
      { kind: 'company', from: 'Acme', to: null },
      { kind: 'pay', from: '80000 – 90000 EUR a year', to: '80000 – 95000 EUR a year' },
      { kind: 'places', from: 'Berlin', to: 'Berlin · Bonn' },
    ]);
    expect(changesOf(SEEN, '7', now({ pay: null }))).toEqual([
      { kind: 'pay', from: '80000 – 90000 EUR a year', to: null },
    ]);
  });

  test('is that it became another job, or that it is gone; not for what this system never had', () => {
    expect(changesOf(SEEN, '9', now({}))).toEqual([{ kind: 'merged' }]);
    expect(changesOf(SEEN, null, now({}))).toEqual([]);
    expect(changesOf(SEEN, '7', undefined)).toEqual([{ kind: 'gone' }]);
    expect(changesOf(SEEN, null, undefined)).toEqual([]);
  });

  test('tells pay by its figures, and by its words where there are none', () => {
    expect(payLine({ pay: { ...PAY, max: null } })).toBe('80000 EUR a year');
    expect(payLine({ pay: { ...PAY, min: null } })).toBe('up to 90000 EUR a year');
    expect(payLine({ pay: { ...PAY, min: null, max: null } })).toBe('80k');
    expect(payLine({ pay: { ...PAY, max: 80_000, period: null, currency: null } })).toBe('80000');
  });
});
