import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ceilingPolicy, isUnbounded, parseOverride, policyOf } from './source-limits.ts';
import { PERIODS, SOURCE_NAMES, sourceInfo } from './sources.ts';

const PERIOD_MS = { minute: 60e3, hour: 3600e3, day: 86_400e3, week: 7 * 86_400e3, month: 31 * 86_400e3 };

describe('a ceiling', () => {
  test('is kept in any stretch of its period: the burst and all that the line lets through are no more', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('minute', 'hour', 'day', 'week', 'month'),
        fc.integer({ min: 1, max: 1e6 }),
        (period, ceiling) => {
          const { burst, ms } = ceilingPolicy(period, ceiling);
          // Both ends of the stretch count, as they do at the server.
          expect(burst + Math.floor(PERIOD_MS[period] / (ms ?? 0))).toBeLessThanOrEqual(ceiling);
          expect(burst).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });

  test('gives most of what it promises: at least nine tenths of a long period, less one request', () => {
    for (const ceiling of [4, 25, 200, 2500]) {
      const { ms } = ceilingPolicy('month', ceiling);
      expect(PERIOD_MS.month / (ms ?? 0)).toBeGreaterThan(ceiling * 0.9 - 1);
    }
  });

  test('of a lifetime has no line: nothing brings it back', () => {
    expect(ceilingPolicy('lifetime', 500)).toEqual({ period: 'lifetime', ceiling: 500, burst: 500, ms: null });
  });
});

describe('the policy of a source', () => {
  test.each(SOURCE_NAMES)('%s may read one whole unit in a burst of every ceiling', (name) => {
    const { kind, pagesMax } = sourceInfo(name);
    for (const { period, burst } of policyOf(name).ceilings) {
      // A whole feed is one page, a search is cut by its own limit of pages.
      if (kind !== 'board') expect([period, burst >= Math.min(pagesMax, 12)]).toEqual([period, true]);
    }
  });

  test.each(SOURCE_NAMES)(
    '%s is never without bounds at its real address, and without any where it was moved',
    (name) => {
      expect(isUnbounded(policyOf(name))).toBe(false);
      expect(isUnbounded(policyOf(name, {}, { moved: true }))).toBe(true);
    },
  );

  test('takes the tighter one of what is published and what is our own', () => {
    const periods = policyOf('findwork').ceilings.map(({ period, ceiling }) => [period, ceiling]);
    expect(periods).toEqual([
      ['minute', 60],
      ['day', 250],
    ]);
  });

  test('follows the optional key of The Muse', () => {
    const hourOf = (keys: Record<string, string>) => policyOf('themuse', {}, { keys }).ceilings[0]?.ceiling;
    expect([hourOf({}), hourOf({ THEMUSE_API_KEY: 'k' }), hourOf({ THEMUSE_API_KEY: '' })]).toEqual([500, 3600, 500]);
  });

  test('is changed by the operator figure by figure, also at a moved address', () => {
    const override = parseOverride('month:10000, hour:off,pace:5,calls:2');
    const policy = policyOf('jsearch', override);
    expect(policy.ceilings).toMatchObject([{ period: 'month', ceiling: 10_000 }]);
    expect(policy.source).toEqual({ ms: 200, burst: 5, calls: 2 });
    expect(policyOf('jsearch', override, { moved: true })).toEqual({ ...policy, host: null });
  });
});

describe('SOURCE_BUDGET_<NAME>', () => {
  test('reads every period, pace and calls', () => {
    const text = [...PERIODS.map((period) => `${period}:7`), 'pace:0.5', 'calls:3'].join(',');
    expect(parseOverride(text)).toEqual({ ...Object.fromEntries(PERIODS.map((p) => [p, 7])), pace: 0.5, calls: 3 });
  });

  test.each([
    '',
    'day',
    'day:',
    'day:-1',
    'day:0',
    'day:1.5',
    'fortnight:3',
    'day:1,day:2',
    'pace:0',
    'calls:0.5',
    'day:1e3',
    'day:9999999999',
  ])('refuses %j and says why', (text) => {
    expect(() => parseOverride(text)).toThrow(/must be like|twice|more than 0|whole number/);
  });
});
