import { beforeAll, describe, expect, test } from 'vitest';
import { ceilingPolicy } from '../../shared/source-limits.ts';
import { testLedger } from './ledger-kit.ts';

let l: Awaited<ReturnType<typeof testLedger>>;
beforeAll(async () => {
  l = await testLedger();
});

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const pace = (ms: number, burst = 1, calls: number | null = null) => ({ source: { ms, burst, calls } });

describe('pace', () => {
  test('lets a burst go and then one request after the other, and says when', async () => {
    await l.begin(pace(1000, 3));
    for (let i = 0; i < 3; i++) expect(await l.take()).toMatchObject({ ok: true, waitMs: 0 });
    expect(await l.take()).toMatchObject({ ok: false, why: 'pace', waitMs: 1000 });
    l.clock.after(999);
    expect(await l.take()).toMatchObject({ ok: false, waitMs: 1 });
    l.clock.after(1);
    expect(await l.take()).toMatchObject({ ok: true });
  });

  test('books moments ahead for whoever is patient, each its own', async () => {
    await l.begin(pace(500));
    const waits = [];
    for (let i = 0; i < 5; i++) waits.push(await l.take({ patienceMs: 2000 }));
    expect(waits).toMatchObject([0, 500, 1000, 1500, 2000].map((waitMs) => ({ ok: true, waitMs })));
    expect(await l.take({ patienceMs: 2000 })).toMatchObject({ ok: false, waitMs: 2500 });
  });

  test('gives those who must come again a place in line: a newcomer does not take it, and all come in their order', async () => {
    await l.begin(pace(1000));
    const first = (mode: 'first' | 'again') => l.take({ mode, patienceMs: 100 });
    expect(await first('first')).toMatchObject({ ok: true });
    expect(await first('first')).toMatchObject({ ok: false, waitMs: 1000 });
    expect(await first('first')).toMatchObject({ ok: false, waitMs: 2000 });
    l.clock.after(1000);
    expect(await first('first')).toMatchObject({ ok: false, waitMs: 2000 });
    expect(await first('again')).toMatchObject({ ok: true, waitMs: 0 });
    l.clock.after(1000);
    expect(await first('again')).toMatchObject({ ok: true, waitMs: 0 });
  });

  test('is not kept free for those who do not come', async () => {
    await l.begin(pace(1000));
    for (let i = 0; i < 50; i++) await l.take({ mode: 'first', patienceMs: 100 });
    l.clock.after(3001);
    expect(await l.take({ mode: 'first', patienceMs: 100 })).toMatchObject({ ok: true, waitMs: 0 });
  });

  test('holds for each host and for all of them together', async () => {
    await l.begin({ source: { ms: 100, burst: 1, calls: null }, host: { ms: 1000, burst: 1, calls: null } });
    expect(await l.take({ host: 'a.example' })).toMatchObject({ ok: true });
    expect(await l.take({ host: 'b.example' })).toMatchObject({ ok: false, waitMs: 100 });
    l.clock.after(100);
    expect(await l.take({ host: 'b.example' })).toMatchObject({ ok: true });
    l.clock.after(100);
    expect(await l.take({ host: 'a.example' })).toMatchObject({ ok: false, waitMs: 800 });
    // What was refused at the host is not spent at the source.
    expect(await l.take({ host: 'c.example' })).toMatchObject({ ok: true });
  });
});

describe('calls under way', () => {
  test('are never more than allowed, and one that is over makes room for one', async () => {
    await l.begin({ source: { ms: null, burst: 1, calls: 2 } });
    const [a] = [await l.take({ id: 'a' }), await l.take({ id: 'b' })];
    expect(a).toMatchObject({ ok: true });
    expect(await l.take({ id: 'c' })).toMatchObject({ ok: false, why: 'calls' });
    await l.ledger.settle({ source: 'greenhouse', host: '', key: '', ids: ['a'] });
    expect(await l.take({ id: 'c' })).toMatchObject({ ok: true });
    expect(await l.take({ id: 'd' })).toMatchObject({ ok: false, why: 'calls' });
  });

  test('of a worker that died are over after a while', async () => {
    await l.begin({ source: { ms: null, burst: 1, calls: 1 } });
    await l.take({ id: 'dead' });
    l.clock.after(74_000);
    expect(await l.take()).toMatchObject({ ok: false });
    l.clock.after(1_001);
    expect(await l.take()).toMatchObject({ ok: true });
  });
});

describe('ceilings', () => {
  test('hold all at once, and a refusal says which one and when to come again', async () => {
    await l.begin({ ceilings: [ceilingPolicy('minute', 25), ceilingPolicy('day', 30)] });
    const day = ceilingPolicy('day', 30);
    expect(day.burst).toBe(3);
    expect(await l.take({ want: 20, least: 1 })).toMatchObject({ ok: true, granted: 3 });
    const refused = await l.take({ want: 20 });
    expect(refused).toMatchObject({ ok: false, why: 'budget', note: 'day' });
    l.clock.after((refused as { waitMs: number }).waitMs - 1);
    expect(await l.take({ want: 20 })).toMatchObject({ ok: false });
    l.clock.after(2);
    expect(await l.take({ want: 20 })).toMatchObject({ ok: true, granted: 1 });
  });

  test('give a unit as much as there is, and nothing when that is too little to begin with', async () => {
    await l.begin({ ceilings: [ceilingPolicy('month', 200)] });
    expect(await l.take({ want: 12, least: 6 })).toMatchObject({ granted: 12 });
    expect(await l.take({ want: 12, least: 6 })).toMatchObject({ granted: 8 });
    const refused = await l.take({ want: 12, least: 6 });
    const { ms } = ceilingPolicy('month', 200);
    expect(refused).toMatchObject({ ok: false, why: 'budget', note: 'month', waitMs: 6 * (ms ?? 0) });
    l.clock.after(6 * (ms ?? 0));
    expect(await l.take({ want: 12, least: 6 })).toMatchObject({ granted: 6 });
  });

  test('are spread: after the burst a month has about as much for its last day as for its second', async () => {
    await l.begin({ ceilings: [ceilingPolicy('month', 2500)] });
    const days: number[] = [];
    for (let day = 0; day < 31; day++) {
      let spent = 0;
      for (let hour = 0; hour < 24; hour++) {
        const taken = await l.take({ want: 100 });
        if (taken.ok) spent += taken.granted;
        l.clock.after(HOUR);
      }
      days.push(spent);
    }
    const [first = 0, ...rest] = days;
    expect(days.reduce((sum, spent) => sum + spent)).toBeLessThanOrEqual(2500);
    expect(days.reduce((sum, spent) => sum + spent)).toBeGreaterThan(2400);
    expect(first).toBeLessThan(2500 / 6);
    expect(Math.max(...rest) - Math.min(...rest)).toBeLessThanOrEqual(2);
  });

  test('of a lifetime never come back, but for another key; the old key comes back as spent', async () => {
    await l.begin({ ceilings: [ceilingPolicy('lifetime', 5)] });
    expect(await l.take({ want: 5, key: 'one' })).toMatchObject({ granted: 5 });
    l.clock.after(400 * DAY);
    expect(await l.take({ key: 'one' })).toMatchObject({ ok: false, why: 'budget', note: 'lifetime', waitMs: null });
    expect(await l.take({ want: 2, key: 'two' })).toMatchObject({ granted: 2 });
    expect(await l.take({ key: 'one' })).toMatchObject({ ok: false });
  });

  test('that the operator lowered count what is spent already', async () => {
    await l.begin({ ceilings: [ceilingPolicy('day', 1000)] });
    await l.take({ want: 100 });
    l.change({ ceilings: [ceilingPolicy('day', 50)] });
    l.clock.after(HOUR);
    const refused = await l.take();
    expect(refused).toMatchObject({ ok: false, note: 'day', waitMs: 23 * HOUR });
    l.clock.after(23 * HOUR);
    expect(await l.take()).toMatchObject({ ok: true });
  });

  test('smaller than what a unit would like are no reason to wait for ever', async () => {
    await l.begin({ ceilings: [ceilingPolicy('day', 3)] });
    expect(await l.take({ want: 12, least: 6 })).toMatchObject({ ok: true, granted: 1 });
  });

  test('take back what a unit did not need, and no more than that', async () => {
    await l.begin({ ceilings: [ceilingPolicy('day', 100)] });
    const taken = await l.take({ want: 10 });
    if (!taken.ok) throw new Error('refused');
    const refund = { count: 7, bookedAt: taken.bookedAt };
    await l.ledger.settle({ source: 'greenhouse', host: '', key: '', ids: [], refund });
    expect(await l.take({ want: 10 })).toMatchObject({ granted: 7 });
    expect(await l.take({ want: 10 })).toMatchObject({ ok: false });
  });

  test('give nothing back of time that went by since', async () => {
    await l.begin({ ceilings: [ceilingPolicy('day', 100)] });
    const taken = await l.take({ want: 10 });
    if (!taken.ok) throw new Error('refused');
    l.clock.after(3 * HOUR);
    await l.take({ want: 10 });
    const refund = { count: 10, bookedAt: taken.bookedAt };
    await l.ledger.settle({ source: 'greenhouse', host: '', key: '', ids: [], refund });
    expect(await l.take({ want: 10 })).toMatchObject({ ok: false });
  });
});

describe('what the server says is left', () => {
  const told = (left: number, resetsMs: number) =>
    l.ledger.settle({ source: 'greenhouse', host: '', key: '', ids: [], told: { period: 'day', left, resetsMs } });
  const taken = async () => (await l.take({ want: 5 })) as { granted?: number; waitMs?: number };

  test('stops us before our own count does, until the moment that it names', async () => {
    await l.begin({ ceilings: [ceilingPolicy('day', 1000)] });
    await taken();
    await told(3, HOUR);
    expect(await taken()).toMatchObject({ granted: 3 });
    expect(await taken()).toMatchObject({ ok: false, why: 'budget', waitMs: HOUR });
    l.clock.after(HOUR);
    expect(await taken()).toMatchObject({ granted: 5 });
  });

  test('is believed towards caution only: more than we thought changes nothing', async () => {
    await l.begin({ ceilings: [ceilingPolicy('day', 100)] });
    await taken();
    await told(9999, HOUR);
    await taken();
    expect(await taken()).toMatchObject({ ok: false, why: 'budget' });
    l.clock.after(DAY);
    await taken();
    await told(2, HOUR);
    await told(50, HOUR);
    expect(await taken()).toMatchObject({ granted: 2 });
  });
});

describe('the back-off clock', () => {
  test('holds everybody who asks, and is only ever pushed away', async () => {
    await l.begin();
    await l.take();
    const hold = (ms: number) =>
      l.ledger.settle({ source: 'greenhouse', host: '', key: '', ids: [], hold: { ms, why: 'it answered 429' } });
    await hold(60_000);
    await hold(1_000);
    expect(await l.take()).toMatchObject({ ok: false, why: 'back-off', note: 'it answered 429', waitMs: 60_000 });
    l.clock.after(60_000);
    expect(await l.take()).toMatchObject({ ok: true });
  });

  test('of one host leaves the others alone', async () => {
    await l.begin({ host: { ms: null, burst: 1, calls: null } });
    await l.take({ host: 'a.example' });
    const hold = { ms: 1000, why: 'busy' };
    await l.ledger.settle({ source: 'greenhouse', host: 'a.example', key: '', ids: [], hold });
    expect(await l.take({ host: 'a.example' })).toMatchObject({ ok: false, why: 'back-off' });
    expect(await l.take({ host: 'b.example' })).toMatchObject({ ok: true });
  });

  test('of one host is nobody else’s line: who waits for it keeps no newcomer of another host waiting', async () => {
    await l.begin({ source: { ms: 100, burst: 1, calls: null }, host: { ms: null, burst: 1, calls: null } });
    await l.take({ host: 'a.example' });
    l.clock.after(1000);
    await l.ledger.settle({
      ...{ source: 'greenhouse', host: 'a.example', key: '', ids: [] },
      hold: { ms: 600_000, why: 'a.example answered 429' },
    });
    await l.take({ host: 'b.example', mode: 'first', patienceMs: 2000 });
    expect(await l.take({ host: 'a.example', mode: 'first', patienceMs: 2000 })).toMatchObject({
      ...{ ok: false, why: 'back-off', waitMs: 600_000 },
    });
    expect(await l.take({ host: 'b.example', mode: 'first', patienceMs: 2000 })).toMatchObject({
      ok: true,
      waitMs: 100,
    });
    expect(await l.take({ host: 'a.example', mode: 'again', patienceMs: 2000 })).toMatchObject({ waitMs: 600_000 });
    expect(await l.take({ host: 'c.example', mode: 'first', patienceMs: 2000 })).toMatchObject({
      ok: true,
      waitMs: 200,
    });
  });
});

describe('an open breaker', () => {
  const place = { source: 'greenhouse', host: '' };
  const open = (more = {}) =>
    l.breaker.open(place, { kind: 'failures', reason: 'it answered 500', times: 1, ms: 30_000, ...more });

  test('lets nobody through, then exactly one who finds out, and everybody when it is closed', async () => {
    await l.begin();
    await open();
    expect(await l.take()).toMatchObject({ ok: false, why: 'breaker', kind: 'failures', note: 'it answered 500' });
    l.clock.after(30_000);
    expect(await l.take()).toMatchObject({ ok: true, probes: [''] });
    expect(await l.take()).toMatchObject({ ok: false, why: 'breaker', waitMs: 5000 });
    await l.breaker.close(place);
    expect(await l.take()).toMatchObject({ ok: true, probes: [] });
  });

  test('is tried out by another one when the one who should died', async () => {
    await l.begin();
    await open();
    l.clock.after(30_000);
    await l.take();
    l.clock.after(75_001);
    expect(await l.take()).toMatchObject({ ok: true, probes: [''] });
  });

  test('for a refused key is none for the next key', async () => {
    await l.begin();
    await open({ kind: 'key', key: 'old', ms: DAY });
    expect(await l.take({ key: 'old' })).toMatchObject({ ok: false, kind: 'key' });
    expect(await l.take({ key: 'new' })).toMatchObject({ ok: true, probes: [] });
  });
});
