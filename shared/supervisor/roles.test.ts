import { describe, expect, test } from 'vitest';
import { describeRoles, parseRoles, UsageError } from './roles.ts';

describe('the roles on the command line', () => {
  test('are all of them when none is named', () => {
    expect(parseRoles([])).toEqual(['api', 'worker', 'scheduler']);
  });

  test('are each started once, in one order, however they are named', () => {
    expect(parseRoles(['worker', 'api', 'worker'])).toEqual(['api', 'worker']);
  });

  test.each(['wroker', 'API', '--help', '', 'toString'])('do not include %j', (name) => {
    expect(() => parseRoles(['api', name])).toThrow(UsageError);
    expect(() => parseRoles(['api', name])).toThrow(`No such role: ${JSON.stringify(name)}. There are api, worker`);
  });

  test('are told with how many processes each has', () => {
    expect(describeRoles(['api', 'worker'], { api: 1, worker: 4, scheduler: 1 })).toBe('api × 1, worker × 4');
  });
});
