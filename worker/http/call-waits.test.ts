import { describe, expect, test } from 'vitest';
import { createCallWaits, type Heir } from './call-waits.ts';

const HERE = { source: 'greenhouse', host: '' } as const;
const { signal } = new AbortController();

/** Nobody's time goes by but by `passes`; who sleeps is woken by the signal. */
function waits() {
  let now = 0;
  const sleeping = new Set<{ at: number; wake: () => void }>();
  const sleep = (ms: number, within: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const one = { at: now + ms, wake: resolve };
    sleeping.add(one);
    within.addEventListener('abort', () => reject(within.reason), { once: true });
    return promise.finally(() => sleeping.delete(one));
  };
  const givenBack: string[] = [];
  const calls = createCallWaits({ now: () => now, sleep }, (_place, id) => void givenBack.push(id));
  const passes = (ms: number) => {
    now += ms;
    for (const one of [...sleeping]) if (one.at <= now) one.wake();
  };
  return { calls, passes, givenBack };
}

/** The end of this turn of the loop. */
const nextMoment = () => new Promise((resolve) => setImmediate(resolve));

async function heirOf(waiting: Promise<Heir | undefined>): Promise<Heir> {
  const heir = await waiting;
  if (heir === undefined) throw new Error('there was no place to take over');
  return heir;
}

describe('a call that is under way', () => {
  test('is passed on to the one who waits: its place is not given back', async () => {
    const { calls } = waits();
    calls.booked(HERE, 'a');
    const heir = await heirOf(calls.wait(HERE, 100, signal));
    expect(heir.id).toBe('a');
    const over = heir.over(1000, signal);
    expect(calls.over(HERE, 'a', true)).toBe(true);
    expect(await over).toBe('free');
    // Between the two calls this process still has it.
    expect(calls.underWay(HERE)).toBe(1);
    calls.begun(HERE, 'a');
    expect(calls.over(HERE, 'a', false)).toBe(false);
    expect(calls.underWay(HERE)).toBe(0);
  });

  test('that nobody waits for is kept for whoever asks in the same moment, and given back after it', async () => {
    const { calls, givenBack } = waits();
    calls.booked(HERE, 'a');
    expect(calls.over(HERE, 'a', true)).toBe(true);
    expect([calls.underWay(HERE), calls.isOneFree(HERE)]).toEqual([1, true]);
    const heir = await heirOf(calls.wait(HERE, 100, signal));
    expect([heir.id, await heir.over(1000, signal), calls.isOneFree(HERE)]).toEqual(['a', 'free', false]);
    calls.begun(HERE, 'a');
    await nextMoment();
    expect(givenBack).toEqual([]);
    calls.over(HERE, 'a', true);
    await nextMoment();
    expect(givenBack).toEqual(['a']);
    expect(calls.underWay(HERE)).toBe(0);
  });

  test('goes to who waits for another one, once the ledger has booked for it; who comes next waits for that one', async () => {
    const { calls } = waits();
    for (const id of ['slow', 'quick']) calls.booked(HERE, id);
    const first = await heirOf(calls.wait(HERE, 100, signal));
    expect(first.id).toBe('slow');
    // While the ledger is being asked for one place it must not become another one.
    calls.over(HERE, 'quick', true);
    expect(first.id).toBe('slow');
    await nextMoment();
    calls.booked(HERE, 'next');
    first.isBooked('slow');
    expect(calls.over(HERE, 'next', true)).toBe(true);
    expect([first.id, await first.over(1000, signal)]).toEqual(['next', 'free']);
    const second = await heirOf(calls.wait(HERE, 100, signal));
    expect(second.id).toBe('slow');
  });

  test('is too old to be passed on without the ledger when it was booked long ago', async () => {
    const { calls, passes } = waits();
    for (const id of ['slow', 'old']) calls.booked(HERE, id);
    const heir = await heirOf(calls.wait(HERE, 100, signal));
    heir.isBooked('slow');
    passes(10_000);
    expect(calls.over(HERE, 'old', true)).toBe(false);
    expect(heir.id).toBe('slow');
  });

  test('is promised to one only, in the order in which they wait', async () => {
    const { calls } = waits();
    calls.booked(HERE, 'a');
    const heirs: string[] = [];
    const waiting = ['first', 'second'].map((who) =>
      calls.wait(HERE, 1e6, signal).then((heir) => void (heir !== undefined && heirs.push(`${who} ${heir.id}`))),
    );
    await waiting[0];
    expect(heirs).toEqual(['first a']);
    calls.booked(HERE, 'b');
    await waiting[1];
    expect(heirs).toEqual(['first a', 'second b']);
  });

  test('that failed is not passed on: whoever waits asks the ledger first', async () => {
    const { calls } = waits();
    calls.booked(HERE, 'a');
    const heir = await heirOf(calls.wait(HERE, 100, signal));
    calls.over(HERE, 'a', false);
    expect(await heir.over(1000, signal)).toBe('refused');
    expect(heir.decline()).toBe(true);
    expect(calls.underWay(HERE)).toBe(0);
  });

  test('is not waited for longer than patience lasts, and goes to the next one then', async () => {
    const { calls, passes } = waits();
    calls.booked(HERE, 'a');
    const heir = await heirOf(calls.wait(HERE, 100, signal));
    const over = heir.over(1000, signal);
    passes(1000);
    expect(await over).toBe('late');
    const next = calls.wait(HERE, 1e6, signal);
    expect(heir.decline()).toBe(false);
    expect((await heirOf(next)).id).toBe('a');
  });

  test('is given back by an heir who declines after it is over', async () => {
    const { calls } = waits();
    calls.booked(HERE, 'a');
    const heir = await heirOf(calls.wait(HERE, 100, signal));
    expect(calls.over(HERE, 'a', true)).toBe(true);
    expect(heir.decline()).toBe(true);
  });

  test('at another host is no place for this one, and does not overtake who waits longer', async () => {
    const { calls, passes, givenBack } = waits();
    const there = { source: 'greenhouse', host: 'b.example' } as const;
    calls.booked(there, 'b');
    const first = calls.wait(HERE, 100, signal);
    const second = calls.wait(there, 1e6, signal);
    calls.over(there, 'b', true);
    await nextMoment();
    expect(givenBack).toEqual(['b']);
    passes(200);
    expect(await first).toBeUndefined();
    calls.booked(there, 'c');
    expect((await heirOf(second)).id).toBe('c');
  });

  test('is let go while another process wants one, and nobody of this one is woken', async () => {
    const { calls, passes } = waits();
    calls.booked(HERE, 'a');
    calls.letOthers('greenhouse', 160);
    const waiting = calls.wait(HERE, 100, signal);
    expect(calls.over(HERE, 'a', true)).toBe(false);
    calls.thereIsRoom('greenhouse');
    passes(160);
    expect(await waiting).toBeUndefined();
  });

  test('ends the waiting of one whose signal is aborted, and is not lost', async () => {
    const { calls } = waits();
    const ending = new AbortController();
    const waiting = calls.wait(HERE, 100, ending.signal);
    ending.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
    calls.booked(HERE, 'a');
    expect(calls.over(HERE, 'a', false)).toBe(false);
  });
});
