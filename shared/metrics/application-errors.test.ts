import { expect, test } from 'vitest';
import { applicationErrorType } from './application-errors.ts';

class DatabaseError extends Error {}
class DriverException extends Error {}
class Surprise extends Error {}

test.each([
  [new TypeError('x'), 'TypeError'],
  [new Error('x'), 'Error'],
  [new AggregateError([]), 'other'],
  [new DatabaseError('x'), 'DatabaseError'],
  // The ORM wraps what the driver threw.
  [new DriverException('x', { cause: new DatabaseError('y') }), 'DatabaseError'],
  [new Surprise('x'), 'other'],
  [Object.assign(new Surprise('x'), { name: 'TypeError' }), 'other'],
  ['a text', 'other'],
  [undefined, 'other'],
  [null, 'other'],
])('%o is %s', (error, type) => {
  expect(applicationErrorType(error)).toBe(type);
});
