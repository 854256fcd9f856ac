import { expect, test } from 'vitest';
import { gather, gatherFor } from './gather.ts';

/** Answers with the key doubled when it is told to, and notes what it was asked for. */
function slow(most = 100) {
  const asked: number[][] = [];
  const pending: PromiseWithResolvers<void>[] = [];
  const get = gather(async (keys: readonly number[]) => {
    asked.push([...keys]);
    const gate = Promise.withResolvers<void>();
    pending.push(gate);
    await gate.promise;
    return new Map(keys.filter((key) => key !== 13).map((key) => [key, key * 2]));
  }, most);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const answer = async (error?: Error) => {
    await turn();
    const gate = pending.shift();
    if (error === undefined) gate?.resolve();
    else gate?.reject(error);
    await turn();
  };
  return { get, asked, answer };
}

test('those who ask in one turn are asked for together, each key once', async () => {
  const { get, asked, answer } = slow();
  const answers = Promise.all([get(1), get(2), get(1), get(13)]);
  await answer();
  expect(await answers).toEqual([2, 4, 2, undefined]);
  expect(asked).toEqual([[1, 2, 13]]);
});

test('who asks while a question is under way is asked for by the next one, even for the same key', async () => {
  const { get, asked, answer } = slow();
  const first = get(1);
  await new Promise((resolve) => setImmediate(resolve));
  const later = Promise.all([get(1), get(3)]);
  expect(asked).toEqual([[1]]);
  await answer();
  expect(await first).toBe(2);
  await answer();
  expect(await later).toEqual([2, 6]);
  expect(asked).toEqual([[1], [1, 3]]);
});

test('a question that fails fails for those who waited for it, and the next one is asked', async () => {
  const { get, asked, answer } = slow();
  const failing = Promise.allSettled([get(1), get(2)]);
  await answer(new Error('away'));
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const next = get(1);
  await answer();
  expect(await next).toBe(2);
  expect(asked).toHaveLength(2);
});

test('no question has more keys than it may', async () => {
  const { get, asked, answer } = slow(2);
  const answers = Promise.all([get(1), get(2), get(3)]);
  await answer();
  await answer();
  expect(await answers).toEqual([2, 4, 6]);
  expect(asked).toEqual([[1, 2], [3]]);
});

test('what is asked of one does not go to another', async () => {
  const asked: [string, readonly number[]][] = [];
  const get = gatherFor(async (on: { readonly name: string }, keys: readonly number[]) => {
    asked.push([on.name, keys]);
    return new Map(keys.map((key) => [key, on.name]));
  }, 10);
  const [left, right] = [{ name: 'left' }, { name: 'right' }];
  expect(await Promise.all([get(left, 1), get(right, 1), get(left, 2)])).toEqual(['left', 'right', 'left']);
  expect(asked).toEqual([
    ['left', [1, 2]],
    ['right', [1]],
  ]);
});
