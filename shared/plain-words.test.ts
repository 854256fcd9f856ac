import { expect, test } from 'vitest';
import { z } from 'zod';
import { plainWords } from './plain-words.ts';

const schema = z.strictObject({
  text: z.string().min(1).max(5).optional(),
  list: z.array(z.string()).min(1).max(1).optional(),
  whole: z.int().min(1).max(9).optional(),
  one: z.literal('a').optional(),
  some: z.enum(['a', 'b']).optional(),
  id: z.uuid().optional(),
  day: z.iso.date('must be a day of ours').optional(),
  kind: z.union([z.literal(1), z.object({})]).optional(),
});

test.each([
  [{ text: 7 }, 'must be a text'],
  [{ text: ['a', 'b'] }, 'must be a text, not a list'],
  [{ text: null }, 'must be a text, not null'],
  [{ text: '' }, 'must not be empty'],
  [{ text: '123456' }, 'must have at most 5 characters'],
  [{ list: [] }, 'must have at least 1 entry'],
  [{ list: ['a', 'b'] }, 'must have at most 1 entry'],
  [{ whole: 1.5 }, 'must be a whole number'],
  [{ whole: 0 }, 'must be at least 1'],
  [{ whole: 10 }, 'must be at most 9'],
  [{ one: 'b' }, 'must be a'],
  [{ some: 'c' }, 'must be one of a, b'],
  [{ id: 'x' }, 'must be a UUID'],
  [{ day: 'x' }, 'must be a day of ours'],
  [{ kind: 2 }, 'is none of the forms that are understood here'],
])('%j: %s', (value, words) => {
  const { error } = schema.safeParse(value, { error: plainWords });
  expect(error?.issues.map(({ message }) => message)).toEqual([words]);
});

test('what is not there is missing', () => {
  const { error } = z.object({ text: z.string() }).safeParse({}, { error: plainWords });
  expect(error?.issues[0]?.message).toBe('is missing');
});
