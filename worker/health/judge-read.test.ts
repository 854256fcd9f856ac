import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_HISTORY, type ReadHistory } from '../../shared/db/source-health/read-history.ts';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../../shared/sources.ts';
import { type Circumstances, judgeRead, type ReadSeen } from './judge-read.ts';
import { nextHistory } from './next-history.ts';

const START = Date.UTC(2026, 10, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function seen(source: SourceName, found: number, more: Partial<ReadSeen> = {}): ReadSeen {
  const mapped = more.mapped ?? 0;
  return {
    source,
    found,
    broken: 0,
    fresh: found,
    mapped,
    fields: { text: mapped, place: mapped, date: mapped, company: mapped },
    bytes: 0,
    type: 'application/json',
    newest: null,
    pages: 1,
    repeatedPages: 0,
    ...more,
  };
}

/** A board and its reads, six hours apart. */
function board(source: SourceName, around: Circumstances = {}) {
  let history: ReadHistory = NO_HISTORY;
  let now = START;
  const read = (found: number, more: Partial<ReadSeen> = {}, other: Circumstances = {}) => {
    now += 6 * HOUR;
    const what = seen(source, found, more);
    const verdict = judgeRead(what, history, now, { ...around, ...other });
    history = nextHistory(history, what, verdict, now, other.twin !== undefined);
    return verdict;
  };
  return {
    read,
    /** So many reads of this size. */
    healthy: (times: number, found: number, more: Partial<ReadSeen> = {}) => {
      for (let i = 0; i < times; i++) expect(read(found, more)).toEqual({ verdict: 'healthy' });
    },
    history: () => history,
    later: (ms: number) => {
      now += ms;
    },
  };
}

describe('a board that lists nothing where it always listed something', () => {
  test('is in doubt at once, with one sentence that says what it did in health', () => {
    const acme = board('greenhouse');
    acme.healthy(1, 30);
    expect(acme.read(0)).toEqual({
      verdict: 'suspect',
      about: 'none',
      sentence: 'it listed no posting; in health about 30',
      mayRepeat: true,
    });
  });

  test('is believed when the next read says the same, and starts anew', () => {
    const acme = board('greenhouse');
    acme.healthy(6, 30);
    acme.read(0);
    expect(acme.read(0)).toEqual({ verdict: 'healthy', about: 'none', believed: true });
    expect(acme.history()).toMatchObject({ found: [0], doubt: null });
    acme.healthy(2, 0);
  });

  test('is forgotten when the next read lists its postings again', () => {
    const acme = board('greenhouse');
    acme.healthy(6, 30);
    acme.read(0);
    expect(acme.read(29)).toEqual({ verdict: 'healthy' });
    expect(acme.history().doubt).toBeNull();
    expect(acme.read(0).verdict).toBe('suspect');
  });

  test('is not believed while its whole source is in doubt, until that has lasted for a week', () => {
    const acme = board('greenhouse', { sourceInDoubt: true });
    acme.healthy(6, 30);
    for (let i = 0; i < 8; i++) expect(acme.read(0)).toMatchObject({ verdict: 'suspect', mayRepeat: false });
    acme.later(7 * DAY);
    expect(acme.read(0)).toMatchObject({ verdict: 'healthy', believed: true });
  });

  test('is never believed of a source that answers so for boards that do not exist', () => {
    const acme = board('smartrecruiters', { absentIsEmpty: true });
    acme.healthy(3, 30);
    acme.later(30 * DAY);
    for (let i = 0; i < 20; i++) {
      const { verdict, sentence, mayRepeat } = acme.read(0);
      expect([verdict, mayRepeat]).toEqual(['suspect', false]);
      expect(sentence).toContain('boards that do not exist');
    }
  });

  test('is nothing special where it had one or two postings', () => {
    const acme = board('greenhouse');
    acme.healthy(5, 2);
    expect(acme.read(0)).toEqual({ verdict: 'healthy' });
  });

  test('is in doubt with one posting as well, while its whole source is', () => {
    const acme = board('greenhouse');
    acme.healthy(5, 1);
    expect(acme.read(0, {}, { sourceInDoubt: true })).toMatchObject({ verdict: 'suspect', about: 'none' });
  });
});

describe('a board that lists far fewer postings', () => {
  test('is in doubt only beyond what it scatters itself, and not before it was read a few times', () => {
    const young = board('lever');
    young.healthy(3, 100);
    expect(young.read(30).verdict).toBe('healthy');

    const calm = board('lever');
    calm.healthy(8, 400);
    expect(calm.read(120)).toMatchObject({ verdict: 'suspect', about: 'few', mayRepeat: true });

    const restless = board('lever');
    for (const found of [400, 40, 380, 60, 420, 35, 390, 50]) restless.read(found);
    expect(restless.read(45).verdict).toBe('healthy');
  });

  test('is believed when the next read lists about as many, and not when it lists yet others', () => {
    const acme = board('lever');
    acme.healthy(8, 400);
    acme.read(120);
    expect(acme.read(20)).toMatchObject({ verdict: 'suspect', about: 'few' });
    expect(acme.read(22)).toMatchObject({ verdict: 'healthy', believed: true });
  });

  test('is not in doubt when it shrinks by and by', () => {
    const acme = board('lever');
    for (let found = 400; found > 10; found = Math.floor(found * 0.9)) expect(acme.read(found).verdict).toBe('healthy');
  });

  test('does not depend on the day of the week', () => {
    const weekly = board('greenhouse');
    for (let day = 0; day < 60; day++) expect(weekly.read(day % 7 < 5 ? 60 : 52).verdict).toBe('healthy');
  });
});

test('a list that grows beyond reason is in doubt once: a filter may be ignored', () => {
  const acme = board('greenhouse');
  acme.healthy(5, 20);
  expect(acme.read(3000)).toMatchObject({ verdict: 'suspect', about: 'many' });
  expect(acme.read(3001)).toMatchObject({ verdict: 'healthy', believed: true });
});

describe('a search', () => {
  test('that finds nothing any more stays in doubt, however often it says so', () => {
    const search = board('adzuna');
    search.healthy(5, 200);
    for (let i = 0; i < 100; i++) expect(search.read(0)).toMatchObject({ verdict: 'suspect', mayRepeat: false });
  });

  test('that finds far less is believed after a week', () => {
    const search = board('adzuna');
    search.healthy(8, 1000);
    for (let i = 0; i < 5; i++) expect(search.read(100)).toMatchObject({ verdict: 'suspect', about: 'few' });
    search.later(7 * DAY);
    expect(search.read(100)).toMatchObject({ verdict: 'healthy', believed: true });
  });

  test('whose pages are all the same ignores what it is asked for', () => {
    const search = board('jobicy');
    expect(search.read(10, { pages: 5, repeatedPages: 4 })).toMatchObject({ verdict: 'suspect', about: 'repeats' });
    expect(search.read(10, { pages: 5, repeatedPages: 4 })).toMatchObject({ verdict: 'suspect', about: 'repeats' });
    expect(search.read(40, { pages: 5, repeatedPages: 1 })).toEqual({ verdict: 'healthy' });
  });
});

describe('a form that changed', () => {
  test('is seen in items that cannot be used, long before half of them are broken', () => {
    const acme = board('greenhouse');
    acme.healthy(2, 40, { broken: 1 });
    expect(acme.read(40, { broken: 12 })).toMatchObject({
      verdict: 'suspect',
      about: 'broken',
      sentence: 'it listed 12 of 40 postings in a form that could not be used; in health 3 % of them',
    });
    expect(acme.read(40, { broken: 2 }).verdict).toBe('healthy');
  });

  test.each([
    ['text', 'a description'],
    ['place', 'a place'],
    ['date', 'a date'],
    ['company', 'a company'],
  ] as const)('is seen when the %s of all postings vanishes', (field, words) => {
    const acme = board('greenhouse');
    acme.healthy(1, 40, { mapped: 40 });
    const fields = { text: 40, place: 40, date: 40, company: 40, [field]: 0 };
    const verdict = acme.read(40, { mapped: 40, fields });
    expect(verdict).toMatchObject({ verdict: 'suspect', about: 'fields' });
    expect(verdict.sentence).toBe(`only 0 of 40 postings had ${words}; in health 100 % do`);
  });

  test('is not forgotten while unchanged postings are not looked at, and ends when the fields are back', () => {
    const acme = board('greenhouse');
    acme.healthy(1, 40, { mapped: 40 });
    acme.read(40, { mapped: 40, fields: { text: 0, place: 40, date: 40, company: 40 } });
    expect(acme.read(40)).toMatchObject({ verdict: 'suspect', about: 'fields' });
    expect(acme.read(41, { mapped: 1 })).toMatchObject({ verdict: 'suspect', about: 'fields' });
    expect(acme.read(40, { mapped: 40 })).toEqual({ verdict: 'healthy' });
  });

  test('is none where a few new postings lack what the others have', () => {
    const acme = board('greenhouse');
    acme.healthy(1, 400, { mapped: 400 });
    expect(acme.read(402, { mapped: 2, fields: { text: 2, place: 0, date: 2, company: 2 } }).verdict).toBe('healthy');
    expect(acme.read(412, { mapped: 10, fields: { text: 10, place: 0, date: 10, company: 10 } }).verdict).toBe(
      'healthy',
    );
  });

  test('is none where the source never had the field', () => {
    const acme = board('lever');
    const fields = { text: 30, place: 30, date: 0, company: 30 };
    acme.healthy(5, 30, { mapped: 30, fields });
  });

  test('is seen in another kind of content, once; a charset or a dialect of JSON is the same kind', () => {
    const acme = board('greenhouse');
    acme.healthy(1, 20);
    expect(acme.read(20, { type: 'application/vnd.api+json' }).verdict).toBe('healthy');
    expect(acme.read(20, { type: 'text/html' })).toMatchObject({ verdict: 'suspect', about: 'type' });
    expect(acme.read(20, { type: 'text/html' })).toMatchObject({ verdict: 'healthy', believed: true });
  });

  test('is seen in lists that are as long and have hardly any bytes', () => {
    const acme = board('greenhouse');
    acme.healthy(5, 20, { bytes: 100_000 });
    expect(acme.read(20, { bytes: 8_000 })).toMatchObject({ verdict: 'suspect', about: 'bytes' });
  });
});

describe('a board that lists what another one lists', () => {
  test('is in doubt when it did not before: the source may ignore which board is asked for', () => {
    const acme = board('lever');
    acme.healthy(1, 12);
    const twin = { twin: 'lever/globex' };
    expect(acme.read(15, {}, twin)).toMatchObject({ verdict: 'suspect', about: 'twin' });
    expect(acme.read(15, {}, twin)).toMatchObject({ verdict: 'suspect', about: 'twin' });
    expect(acme.read(15).verdict).toBe('healthy');
  });

  test('is a second name of that board where hardly anything of it is new, whichever of the two is read first', () => {
    const acme = board('lever');
    acme.healthy(2, 15);
    expect(acme.read(16, { fresh: 1 }, { twin: 'lever/globex' }).verdict).toBe('healthy');
    expect(acme.read(16, { fresh: 0 }).verdict).toBe('healthy');
    expect(acme.read(17, { fresh: 17 }, { twin: 'lever/globex' }).verdict).toBe('healthy');
  });

  test('is a second name of that board when it always did', () => {
    const acme = board('lever');
    expect(acme.read(15, {}, { twin: 'lever/globex' }).verdict).toBe('healthy');
    expect(acme.read(16, {}, { twin: 'lever/globex' }).verdict).toBe('healthy');
  });
});

describe('a feed', () => {
  const limit = sourceInfo('remoteok').newestWithinHours! * HOUR;

  test('whose newest posting stays the same for too long is a copy', () => {
    const feed = board('remoteok');
    feed.healthy(1, 90, { newest: START });
    feed.later(limit - 7 * HOUR);
    expect(feed.read(90).verdict).toBe('healthy');
    feed.later(2 * HOUR);
    const verdict = feed.read(90, { newest: START - DAY });
    expect(verdict).toMatchObject({ verdict: 'suspect', about: 'stale', mayRepeat: false });
    expect(verdict.sentence).toBe(
      'its newest posting is still of 2026-11-01; in health a newer one comes within 96 hours',
    );
    expect(feed.read(91, { newest: START + limit }).verdict).toBe('healthy');
  });

  test('whose newest posting is old when it is read for the first time has its time to prove itself', () => {
    const feed = board('remoteok');
    feed.healthy(3, 90, { newest: START - 60 * DAY });
    feed.later(limit);
    expect(feed.read(90)).toMatchObject({ verdict: 'suspect', about: 'stale' });
  });
});

describe('whatever a board does', () => {
  const reads = fc.array(
    fc.record({ found: fc.integer({ min: 0, max: 5000 }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    { maxLength: 60 },
  );

  test('a verdict in doubt has its sentence, and the history stays small and sane', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SOURCE_NAMES), reads, (source, list) => {
        const any = board(source);
        for (const { found, share } of list) {
          const mapped = Math.round(found * share);
          const verdict = any.read(found, { mapped, broken: Math.round(found * share * share), bytes: found * 900 });
          expect(verdict.sentence === undefined).toBe(verdict.verdict === 'healthy');
        }
        expect(JSON.stringify(any.history()).length).toBeLessThan(500);
        expect(JSON.parse(JSON.stringify(any.history()))).toEqual(any.history());
      }),
      { numRuns: 60 },
    );
  });

  test('the same answer for two weeks is accepted in the end, except where it never proves anything', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), (before, after) => {
        const any = board('greenhouse');
        for (let i = 0; i < 8; i++) any.read(before);
        for (let i = 0; i < 60; i++) any.read(after);
        expect(any.read(after).verdict).toBe('healthy');
      }),
      { numRuns: 100 },
    );
  });
});
