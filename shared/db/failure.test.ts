import { describe, expect, test } from 'vitest';
import { FetchError } from '../errors.ts';
import { isDatabaseFailure, isDiskFull } from './failure.ts';

describe('a failure of the database', () => {
  test.each([
    ['an answer with SQLSTATE', Object.assign(new Error('deadlock detected'), { code: '40P01' })],
    ['a refused connection', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ['a connection that ended', new Error('Connection terminated unexpectedly')],
    ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
    ['one that caused another error', new Error('no', { cause: Object.assign(new Error('disk'), { code: '53100' }) })],
  ])('is %s', (_, error) => {
    expect(isDatabaseFailure(error)).toBe(true);
  });

  test.each([
    ['a mistake of ours', new TypeError("Cannot read properties of undefined (reading 'x')")],
    ['a failure of a source', new FetchError('http_5xx', 'Lever answered 500')],
    ['no error at all', 'text'],
    ['nothing', undefined],
  ])('is not %s', (_, error) => {
    expect(isDatabaseFailure(error)).toBe(false);
  });

  test('of a full disk is told apart', () => {
    const full = new Error('no', { cause: Object.assign(new Error('could not extend file'), { code: '53100' }) });
    expect([full, new Error('disk full')].map(isDiskFull)).toEqual([true, false]);
  });

  test('is found in a chain that ends in itself', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(isDatabaseFailure(error)).toBe(false);
  });
});
