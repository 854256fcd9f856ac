import { describe, expect, test } from 'vitest';
import { TRIES, withRetries } from './retry.ts';

function failing(times: number, code: string) {
  let tries = 0;
  const work = async () => {
    tries++;
    if (tries <= times) throw Object.assign(new Error(code), { code });
    return tries;
  };
  return { work, tries: () => tries };
}

describe('a transaction', () => {
  test.each(['40P01', '40001', '23505'])('that collides (%s) comes again', async (code) => {
    expect(await withRetries(failing(TRIES - 1, code).work)).toBe(TRIES);
  });

  test('that collides again and again fails in the end', async () => {
    const { work, tries } = failing(TRIES, '40P01');
    await expect(withRetries(work)).rejects.toThrow('40P01');
    expect(tries()).toBe(TRIES);
  });

  test('that fails for another reason fails at once', async () => {
    const { work, tries } = failing(1, '23502');
    await expect(withRetries(work)).rejects.toThrow('23502');
    expect(tries()).toBe(1);
  });
});
