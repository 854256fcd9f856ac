import { describe, expect, test } from 'vitest';
import { FetchError } from '../shared/errors.ts';
import type { Read } from './read-pages.ts';
import type { UnitCounts } from './store.ts';
import { endOfGivenUp, endOfRead, refusal } from './unit-end.ts';

const DATE = new Date();
const TAKEN = { attempts: 1, startedAt: DATE, takenAt: DATE, cancelRequested: false, requests: 0 };
const WHOLE: Read = { complete: true, problems: [] };

function counts(found: number, invalid = 0, unusable = 0): UnitCounts {
  const none = { requests: 1, kept: 0, new: 0, changed: 0, unchanged: 0, closed: 0, invalidSamples: [] };
  return { ...none, found, rejected: found, rejectedReasons: { invalid, unusable } };
}
const timeout = (what: string) => ({ error: new FetchError('timeout', 'no answer in 20 s'), what });

describe('a unit is refused', () => {
  test.each([
    ['never, when all is well', TAKEN, undefined],
    ['never, at its fifth attempt', { ...TAKEN, attempts: 5 }, undefined],
    ['when its scan is cancelled', { ...TAKEN, cancelRequested: true }, 'cancelled'],
    ['when it ended five workers', { ...TAKEN, attempts: 6 }, 'failed'],
  ])('%s', (_, taken, state) => {
    expect(refusal(taken, 'lever', {})?.state).toBe(state);
  });

  test.each([
    [{}, 'waiting_for_key'],
    [{ ADZUNA_APP_ID: 'x' }, 'waiting_for_key'],
    [{ ADZUNA_APP_ID: 'x', ADZUNA_APP_KEY: '' }, 'waiting_for_key'],
    [{ ADZUNA_APP_ID: 'x', ADZUNA_APP_KEY: 'y' }, undefined],
  ])('where keys are %j: %s', (keys, state) => {
    expect(refusal(TAKEN, 'adzuna', keys)?.state).toBe(state);
  });
});

describe('a read ends', () => {
  test('as a success, complete or not', () => {
    expect(endOfRead('lever', WHOLE, counts(5))).toEqual({ state: 'success', complete: true });
    expect(endOfRead('adzuna', { ...WHOLE, complete: false }, counts(5))).toEqual({
      state: 'success',
      complete: false,
    });
  });

  test('as failed with the kind and words of its failure', () => {
    const failure = new FetchError('http_5xx', 'Lever answered 500');
    const end = { state: 'failed', errorType: 'http_5xx', error: 'Lever answered 500' };
    expect(endOfRead('lever', { complete: false, problems: [], failure }, counts(0))).toEqual(end);
    expect(endOfRead('lever', { ...WHOLE, failure: 'text' }, counts(0))).toMatchObject({ errorType: 'internal' });
  });

  test.each([
    ['jsearch', 'auth', 'refused; check JSEARCH_API_KEY'],
    ['jsearch', 'http_4xx', 'refused'],
    ['lever', 'auth', 'refused'],
  ] as const)('of %s as failed by %s, with what to do', (source, type, error) => {
    const failure = new FetchError(type, 'refused');
    expect(endOfRead(source, { complete: false, problems: [], failure }, counts(0)).error).toBe(error);
  });

  test('as partial, with the first problem and the number of the others', () => {
    const read = { complete: false, problems: [timeout('page 2'), timeout('page 5'), timeout('page 9')] };
    const error = 'page 2: no answer in 20 s; 2 more';
    expect(endOfRead('jsearch', read, counts(9))).toEqual({ state: 'partial', errorType: 'timeout', error });
  });

  test('at our own limit: partial for a board, which says that it lists all, a success for a search', () => {
    const problems = [{ error: new Error('50 pages'), what: 'the rest', ownLimit: true }];
    expect(endOfRead('lever', { complete: false, problems }, counts(9))).toMatchObject({
      state: 'partial',
      errorType: 'other',
    });
    expect(endOfRead('jsearch', { complete: false, problems }, counts(9)).state).toBe('success');
  });

  test('at our own limit and with a failed page as partial', () => {
    const problems = [{ error: new Error('12 pages'), what: 'the rest', ownLimit: true }, timeout('page 3')];
    expect(endOfRead('jsearch', { complete: false, problems }, counts(9))).toMatchObject({ errorType: 'timeout' });
  });

  test.each([
    ['remoteok', 0, 'failed'],
    ['remoteok', 1, 'success'],
    ['lever', 0, 'success'],
    ['adzuna', 0, 'success'],
  ] as const)('of %s with %i items, as %s', (source, found, state) => {
    expect(endOfRead(source, WHOLE, counts(found)).state).toBe(state);
  });

  test('of a board that was not read to its end, though nothing failed, as partial', () => {
    expect(endOfRead('greenhouse', { ...WHOLE, complete: false }, counts(9)).state).toBe('partial');
  });

  test.each([
    [10, 4, 0, 'success'],
    [10, 5, 0, 'partial'],
    [10, 9, 0, 'partial'],
    [10, 10, 0, 'failed'],
    [1, 1, 0, 'failed'],
    [0, 0, 0, 'success'],
    [1, 0, 1, 'failed'],
    [10, 2, 3, 'partial'],
    [10, 2, 2, 'success'],
  ])('of %i items, %i without the form and %i unusable, as %s', (found, invalid, unusable, state) => {
    expect(endOfRead('greenhouse', WHOLE, counts(found, invalid, unusable)).state).toBe(state);
  });
});

test('a unit that was given up says whose fault it was', () => {
  expect(endOfGivenUp(Object.assign(new Error('disk full'), { code: '53100' }))).toMatchObject({
    errorType: 'database',
  });
  expect(endOfGivenUp(new TypeError('x is not a function'))).toMatchObject({ errorType: 'internal', state: 'failed' });
});
