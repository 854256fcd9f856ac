import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluate } from './evaluate.ts';
import { merge } from './merge.ts';
import { pay } from './pay.ts';
import { placeKind } from './place.ts';
import { relevance } from './relevance.ts';
import { HALVES, halfOf, linesOf } from './split.ts';

const lines = (name: string) => readFileSync(join(import.meta.dirname, '../../worker/steps/labelled', name), 'utf8');
const PAY = lines('pay.jsonl');
const PLACE = lines('place.jsonl');

describe.each([
  ['pay', 300, (some: string) => evaluate('pay', pay, some), PAY],
  ['place', 250, (some: string) => evaluate('place', placeKind, some), PLACE],
] as const)('labelled %s', (_, rowsMin, run, all) => {
  test('has enough rows, each once and with an id of its own', () => {
    const rows = all
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; raw: string; hint: string });
    expect(rows.length).toBeGreaterThanOrEqual(rowsMin);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  test.each(HALVES)(
    'at least 95 %% of the %s half is right in every field, and nothing is said where unknown is right',
    (half) => {
      const result = run(linesOf(half, all));
      expect(result.rows).toBeGreaterThan(rowsMin / 3);
      expect(result.right / result.rows).toBeGreaterThanOrEqual(0.95);
      expect(result.confidently_wrong).toBe(0);
    },
  );
});

/** What docs/quality.md promises. */
function target(what: string): { precision: number; recall: number } {
  const text = readFileSync(join(import.meta.dirname, '../../docs/quality.md'), 'utf8');
  const row = text.split('\n').find((line) => line.startsWith(`| ${what} |`)) ?? '';
  const [precision = Number.NaN, recall = Number.NaN] = row.split('|').slice(2).map(Number);
  return { precision, recall };
}

describe('labelled relevance', () => {
  const all = lines('relevance.jsonl');
  const isAdvert = (line: string) => (JSON.parse(line) as { description: string | null }).description !== null;
  const of = (half: (typeof HALVES)[number], adverts: boolean) =>
    evaluate(
      'relevance',
      relevance,
      linesOf(half, all)
        .split('\n')
        .filter((line) => isAdvert(line) === adverts)
        .join('\n'),
    );

  test('has enough rows, each once and with an id of its own, of both answers', () => {
    const rows = all
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; title: string; description: string | null; relevant: boolean });
    expect(rows.length).toBeGreaterThanOrEqual(600);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(new Set(rows.map(({ title, description }) => `${title}\n${description}`)).size).toBe(rows.length);
    const relevant = rows.filter((row) => row.relevant).length;
    expect(Math.min(relevant, rows.length - relevant)).toBeGreaterThan(rows.length * 0.4);
  });

  describe.each([
    ['relevance of full adverts', true, 0.97],
    ['relevance of titles alone', false, 0.93],
  ] as const)('%s', (what, adverts, least) => {
    test.each(HALVES)('of the %s half reaches what the documentation promises', (half) => {
      const promised = target(what);
      expect(Math.min(promised.precision, promised.recall)).toBeGreaterThanOrEqual(least);
      const { rows, precision, recall } = of(half, adverts);
      expect(rows).toBeGreaterThan(150);
      expect(precision).toBeGreaterThanOrEqual(promised.precision);
      expect(recall).toBeGreaterThanOrEqual(promised.recall);
    });
  });
});

describe('a wrong reading is found', () => {
  const payRow = {
    raw: '$120,000 - $150,000',
    hint: 'us',
    min: 120_000,
    max: 150_000,
    currency: 'USD',
    period: 'year',
  };
  const ofPay = (more: object) => evaluate('pay', pay, JSON.stringify({ ...payRow, ...more }));
  const ofPlace = (row: object) => evaluate('place', placeKind, JSON.stringify(row));

  test('in any field of pay, and a value where none is right is a confident one', () => {
    expect(ofPay({})).toMatchObject({ right: 1, wrong: [] });
    expect(ofPay({ max: 160_000 })).toMatchObject({ right: 0, confidently_wrong: 1 });
    expect(ofPay({ currency: 'CAD' })).toMatchObject({ right: 0, confidently_wrong: 1 });
    expect(ofPay({ min: null, max: null, currency: null, period: null })).toMatchObject({ confidently_wrong: 1 });
    expect(ofPay({ raw: 'Competitive' })).toMatchObject({ right: 0, confidently_wrong: 0 });
  });

  test('in any field of a place that the row states, and in no other', () => {
    const at = (expect: object, raw = 'Austin, TX') => ofPlace({ raw, hint: 'any', expect });
    expect(at({ places: [{ city: 'Austin' }] }).right).toBe(1);
    expect(at({ places: [{ city: 'Austin', state: 'CA' }] })).toMatchObject({ right: 0, confidently_wrong: 1 });
    expect(at({ places: [] })).toMatchObject({ right: 0, confidently_wrong: 1 });
    expect(at({ places: [{ city: 'Austin' }, { city: 'Dallas' }] }).right).toBe(0);
    expect(at({ remote: true })).toMatchObject({ right: 0, confidently_wrong: 0 });
    expect(at({ remote: false }, 'Remote')).toMatchObject({ right: 0, confidently_wrong: 1 });
    expect(at({ country: null })).toMatchObject({ right: 0, confidently_wrong: 1 });
    expect(at({ places: [{ city: 'Paris', country: null }] }, 'Paris').right).toBe(1);
  });
});

test('a row stays in its half when rows are added, and whatever number it has', () => {
  const row = (id: string, raw: string) => JSON.stringify({ id, raw, hint: null });
  const few = [row('1', 'a'), row('2', 'b'), row('3', 'c'), row('4', 'd')].join('\n');
  const more = [row('9', 'x'), row('8', 'a'), row('7', 'b'), row('6', 'c'), row('5', 'd')].join('\n');
  const raws = (text: string) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { raw: string }).raw);
  const kept = raws(linesOf('tune', more)).filter((raw) => raw !== 'x');
  expect(kept).toEqual(raws(linesOf('tune', few)));
  expect(new Set(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(halfOf)).size).toBe(2);
});

describe('labelled pairs', () => {
  const all = lines('merge.jsonl');

  test('are enough, each with an id of its own', () => {
    const ids = all
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids.length).toBeGreaterThanOrEqual(300);
    expect(new Set(ids).size).toBe(ids.length);
  });

  // One wrong merge in the smaller half is already a hundredth; docs/quality.md has the figures.
  test.each([
    ['tune', 0.99],
    ['hold-out', 0.98],
  ] as const)('the %s half is merged with precision and recall', (half, precisionMin) => {
    const { rows, precision, recall } = evaluate('merge', merge, linesOf(half, all));
    expect(rows).toBeGreaterThan(100);
    expect(precision).toBeGreaterThanOrEqual(precisionMin);
    expect(recall).toBeGreaterThanOrEqual(0.95);
  });

  test('a wrong verdict is found, whichever way', () => {
    const posting = {
      source: 'jsearch',
      native_id: '1',
      title: 'IAM Engineer',
      company: 'Acme',
      location: 'Austin, TX',
    };
    const of = (b: object, same: boolean) =>
      evaluate('merge', merge, JSON.stringify({ id: 'x', a: posting, b: { ...posting, native_id: '2', ...b }, same }));
    expect(of({}, true)).toMatchObject({ right: 1 });
    expect(of({}, false)).toMatchObject({ right: 0, precision: 0 });
    expect(of({ title: 'IAM Engineer II' }, true)).toMatchObject({ right: 0, recall: 0 });
    expect(of({ title: 'IAM Engineer II' }, false).wrong).toEqual([]);
  });
});
