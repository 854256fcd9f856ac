/** Whatever is asked in whatever order: no stretch of time has more than its ceiling, and nobody waits longer than needed. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { ceilingPolicy, type SourcePolicy } from '../../shared/source-limits.ts';
import { testLedger } from './ledger-kit.ts';

let l: Awaited<ReturnType<typeof testLedger>>;
beforeAll(async () => {
  l = await testLedger();
});

const PERIOD_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** Microseconds of rounding in PostgreSQL, over all requests of a run. */
const ROUNDING_MS = 1;

const rate = fc.record({
  ms: fc.constantFrom(null, 100, 700, 3_000),
  burst: fc.integer({ min: 1, max: 4 }),
  calls: fc.constant(null),
});
const policies: fc.Arbitrary<SourcePolicy> = fc.record({
  source: rate,
  host: fc.option(rate),
  ceilings: fc
    .record({
      minute: fc.option(fc.integer({ min: 1, max: 12 })),
      hour: fc.option(fc.integer({ min: 1, max: 40 })),
      day: fc.option(fc.integer({ min: 1, max: 90 })),
    })
    .map((of) =>
      (['minute', 'hour', 'day'] as const).flatMap((period) => {
        const ceiling = of[period];
        return ceiling === null ? [] : [ceilingPolicy(period, ceiling)];
      }),
    ),
});
const steps = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 7_200_000 })),
    host: fc.constantFrom('a.example', 'b.example'),
    want: fc.integer({ min: 1, max: 9 }),
    least: fc.integer({ min: 1, max: 3 }),
    patienceMs: fc.constantFrom(0, 2_000),
    mode: fc.constantFrom('first' as const, 'again' as const, 'inside' as const),
    /** How many of them ask in the same moment. */
    together: fc.constantFrom(1, 1, 5),
    refund: fc.boolean(),
    /** Whether a refused one comes again exactly when it was told to. */
    comesAgain: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
);

interface Booked {
  readonly at: number;
  readonly host: string;
  count: number;
}

function expectKept(policy: SourcePolicy, booked: readonly Booked[]): void {
  const inOrder = booked.toSorted((a, b) => a.at - b.at);
  for (const { period, ceiling } of policy.ceilings) {
    for (const { at: from } of inOrder) {
      const within = inOrder.filter(({ at }) => at >= from && at <= from + PERIOD_MS[period as 'minute']);
      expect(within.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(ceiling);
    }
  }
  const paces: [typeof policy.host, Booked[]][] = [
    [policy.source, inOrder],
    ...['a.example', 'b.example'].map((host): (typeof paces)[number] => [
      policy.host,
      inOrder.filter((one) => one.host === host),
    ]),
  ];
  for (const [of, calls] of paces) {
    if (of === null || of.ms === null) continue;
    for (const [i, first] of calls.entries()) {
      for (const [j, last] of calls.entries()) {
        const least = (j - i + 1 - of.burst) * of.ms - ROUNDING_MS;
        if (j > i) expect(last.at - first.at).toBeGreaterThanOrEqual(least);
      }
    }
  }
}

test('the ledger keeps every ceiling in any stretch of time and every pace, and tells the moment when it has room again', async () => {
  await fc.assert(
    fc.asyncProperty(policies, steps, async (policy, all) => {
      await l.begin(policy);
      const booked: Booked[] = [];
      const take = async (step: (typeof all)[number], more: object = {}) => {
        const { want, least, patienceMs, mode } = step;
        const host = policy.host === null ? '' : step.host;
        const asked = { host, want, least: Math.min(least, want), patienceMs, mode, ...more };
        const taken = await l.take(asked);
        if (!taken.ok) return taken;
        const one = { at: l.clock.ms + taken.waitMs, host: step.host, count: taken.granted };
        booked.push(one);
        if (step.refund && one.count > 1) {
          const refund = { count: one.count - 1, bookedAt: taken.bookedAt };
          await l.ledger.settle({ source: 'greenhouse', host, key: '', ids: [], refund });
          one.count = 1;
        }
        return taken;
      };
      for (const step of all) {
        l.clock.after(step.afterMs);
        const answers = await Promise.all(Array.from({ length: step.together }, () => take(step)));
        const refused = answers.find((answer) => !answer.ok);
        if (refused === undefined || refused.ok || !step.comesAgain) continue;
        // Inside a read there is no line to stand in: the moment that is told is the first one that has room.
        const exact = await take(step, { mode: 'inside', patienceMs: 0 });
        if (exact.ok || exact.waitMs === null) continue;
        const longest = Math.max(60_000, ...policy.ceilings.map(({ period }) => PERIOD_MS[period as 'minute'] + 2_000));
        expect(exact.waitMs).toBeLessThanOrEqual(longest);
        if (exact.waitMs > 2) {
          l.clock.after(Math.floor(exact.waitMs) - 1);
          expect(await take(step, { mode: 'inside', patienceMs: 0 })).toMatchObject({ ok: false });
          l.clock.after(exact.waitMs - Math.floor(exact.waitMs) + 1);
        } else l.clock.after(exact.waitMs);
        l.clock.ms = Math.ceil(l.clock.ms);
        expect(await take(step, { mode: 'inside', patienceMs: 0 })).toMatchObject({ ok: true });
      }
      expectKept(policy, booked);
    }),
    { numRuns: 40 },
  );
}, 240_000);
