/** Sources whose lists have no texts: what is asked for one by one, how often, and what becomes of the rest. */
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../shared/db/database.ts';
import { cancelScan } from '../../shared/db/scans/cancel.ts';
import { type Connector, NoOpeningError } from '../../worker/sources/source.ts';
import { testDatabase } from '../db.ts';
import { addBoards } from '../scans/helpers.ts';
import { until } from '../until.ts';
import {
  type Answer,
  type Item,
  jobs,
  means,
  openPostings,
  scanNow,
  type TestSource,
  testConnector,
  testSource,
} from './unit-kit.ts';

let db: Database;
let source: TestSource;
let m: ReturnType<typeof means>;

/** Pages are numbers below, records of single postings numbers from here on. */
const RECORDS = 10_000;
const IAM = 'You run Okta and SailPoint: SSO, MFA, SAML and SCIM for identity and access management.';

/** The connector of the other tests, of a source whose lists have titles only. */
function withDetails(): Connector {
  const whole = testConnector('greenhouse');
  return {
    ...whole,
    toPosting: (raw, board) => {
      const item = raw as Item;
      if (item.text === 'closed') throw new NoOpeningError('is not open');
      return whole.toPosting({ ...item, text: item.text ?? '' }, board);
    },
    detail: async (raw, board, settings, fetch) => {
      const item = raw as Item;
      const url = new URL(`${settings.baseUrl}/${board.token}/${RECORDS + Number(item.id)}`);
      const { json } = await fetch({ url, endpoint: '/:token/:id', schema: z.object({ text: z.string() }) });
      return { ...item, ...json };
    },
  };
}

const record = (text: string) => ({ text }) as unknown as Answer;

/** A board with this list and these records. */
function board(list: () => readonly Item[], recordOf: (id: number) => Answer = () => record(IAM)) {
  source.boards.set('acme', (page) => (page < RECORDS ? { items: list() } : recordOf(page - RECORDS)));
}

const records = () => source.requests.flatMap((path) => Number(path.split('/')[1]) - RECORDS).filter((id) => id >= 0);
const reasons = async () =>
  (await db.sql.selectFrom('scan_unit').orderBy('id', 'desc').select('rejected_reasons').executeTakeFirstOrThrow())
    .rejected_reasons;
const scan = async () => {
  source.requests.length = 0;
  return (await scanNow(m, 'greenhouse')).view;
};

beforeEach(async () => {
  ({ db } = await testDatabase());
  source = await testSource();
  const usual = means(db, source);
  m = {
    ...usual,
    connectors: { ...usual.connectors, greenhouse: withDetails() },
    settingsOf: (name) => ({ ...usual.settingsOf(name), concurrency: 2 }),
  };
  await addBoards(db, 'greenhouse/acme');
});

describe('a list without texts', () => {
  test('has the text of each promising posting asked for, and all are stored with it', async () => {
    board(() => jobs(5));
    expect(await scan()).toMatchObject({ state: 'success', requests: 6, found: 5, kept: 5, new: 5 });
    expect(records().sort()).toEqual([1, 2, 3, 4, 5]);
    const [first] = await db.sql.selectFrom('job').select('card').execute();
    expect(first?.card).toContain('SailPoint');
  });

  test('has no text asked for behind a title that promises nothing', async () => {
    board(() => [...jobs(2), { id: 50, title: 'Barista' }, { id: 51, title: 'Nurse' }]);
    expect(await scan()).toMatchObject({ state: 'success', found: 4, kept: 2, rejected: 2 });
    expect(records().sort()).toEqual([1, 2]);
    expect(await reasons()).toEqual({ not_iam_by_title: 2 });
  });

  test('read again asks for nothing that is unchanged, and for what changed whatever its title', async () => {
    const list = jobs(5);
    board(() => list);
    await scan();
    expect(await scan()).toMatchObject({ state: 'success', requests: 1, unchanged: 5 });
    list[2] = { ...(list[2] as Item), title: 'Engineer' };
    expect(await scan()).toMatchObject({ requests: 2, unchanged: 4, changed: 1 });
    expect(records()).toEqual([3]);
  });

  test('whose posting turns out to be other work, or no opening, says so and does not ask for other work again', async () => {
    const texts = new Map([
      [1, 'You pour coffee.'],
      [2, 'closed'],
    ]);
    const hints = [1, 2, 3].map((id) => ({ id, title: 'Security Engineer' }));
    board(
      () => hints,
      (id) => record(texts.get(id) ?? IAM),
    );
    expect(await scan()).toMatchObject({ state: 'success', found: 3, kept: 1, rejected: 2 });
    expect(await reasons()).toEqual({ not_iam: 1, no_opening: 1 });
    expect(await scan()).toMatchObject({ state: 'success', found: 3, unchanged: 1, rejected: 2 });
    expect(records()).toEqual([2]);
    hints[0] = { id: 1, title: 'Security Engineer II' };
    await scan();
    expect(records().sort()).toEqual([1, 2]);
  });

  test('whose stored posting becomes other work has it closed, once', async () => {
    board(() => jobs(5));
    await scan();
    const changed = () => [{ id: 1, title: 'Security Barista' }, ...jobs(4, 2)];
    board(changed, () => record('You pour coffee.'));
    expect(await scan()).toMatchObject({ state: 'success', closed: 1, rejected: 1 });
    expect(await scan()).toMatchObject({ state: 'success', closed: 0, rejected: 1, requests: 1 });
    expect(await openPostings(db)).toEqual(['2', '3', '4', '5']);
  });
});

describe('a text that does not come', () => {
  test('makes the read partial, and its posting is not stored at all', async () => {
    board(
      () => jobs(4),
      (id) => (id === 2 ? 404 : record(IAM)),
    );
    const view = await scan();
    expect(view).toMatchObject({ state: 'partial', found: 4, kept: 3, rejected: 1 });
    expect(view.reason).toContain('the text of one posting: Greenhouse answered 404');
    expect(await openPostings(db)).toEqual(['1', '3', '4']);
    expect(await reasons()).toEqual({ not_read: 1 });
    board(() => jobs(4));
    expect(await scan()).toMatchObject({ state: 'success', requests: 2, new: 1, unchanged: 3 });
  });

  test('leaves what is stored as it was, open and with its old text', async () => {
    board(() => jobs(2));
    await scan();
    const before = await db.sql.selectFrom('posting').selectAll().orderBy('id').execute();
    board(
      () => [{ id: 1, title: 'IAM Engineer, new title' }, ...jobs(1, 2)],
      () => 500,
    );
    expect(await scan()).toMatchObject({ state: 'partial', found: 2, unchanged: 1, rejected: 1, closed: 0 });
    expect(await db.sql.selectFrom('posting').selectAll().orderBy('id').execute()).toEqual(before);
  });

  test('closes nothing, also of what the list lacks', async () => {
    board(() => jobs(4));
    await scan();
    board(
      () => [...jobs(3), ...jobs(1, 9)],
      () => 500,
    );
    expect(await scan()).toMatchObject({ state: 'partial', closed: 0 });
    expect(await openPostings(db)).toHaveLength(4);
  });

  test('in the shape of an error with 200 is no text', async () => {
    board(
      () => jobs(1),
      () => ({ error: 'sorry' }) as unknown as Answer,
    );
    const view = await scan();
    expect(view).toMatchObject({ state: 'partial', found: 1, kept: 0 });
    expect(view.sourceResults[0]).toMatchObject({ errorType: 'parse' });
  });

  test.each([
    ['a limit', 429, 2],
    ['a refusal', 403, 2],
    ['one failure after the other', 500, 6],
  ])('because of %s ends the asking soon, and every posting is accounted for', async (_, status, asked) => {
    board(
      () => jobs(40),
      () => status,
    );
    const view = await scan();
    expect(view).toMatchObject({ state: 'partial', found: 40, kept: 0, rejected: 40 });
    expect(view.reason).toContain('the texts of 40 postings');
    expect(new Set(records()).size).toBeLessThanOrEqual(asked);
    expect(await reasons()).toEqual({ not_read: 40 });
  });

  test('of many postings by themselves does not keep the others from theirs', async () => {
    board(
      () => jobs(40),
      (id) => (id <= 30 ? 404 : record(IAM)),
    );
    expect(await scan()).toMatchObject({ state: 'partial', found: 40, kept: 10, rejected: 30 });
    expect(records()).toHaveLength(40);
  });

  test('again and again of some does not keep the others waiting for ever', async () => {
    board(
      () => jobs(12),
      (id) => (id <= 6 ? 500 : record(IAM)),
    );
    for (let reads = 0; reads < 50 && (await openPostings(db)).length < 6; reads++) await scan();
    expect(await openPostings(db)).toEqual(['7', '8', '9', '10', '11', '12']);
  });

  test('because of a fault of ours fails the unit', async () => {
    board(() => jobs(2));
    const faulty = { ...withDetails(), detail: () => Promise.reject(new TypeError('x is not a function')) };
    m = { ...m, connectors: { ...m.connectors, greenhouse: faulty } };
    const view = await scan();
    expect(view).toMatchObject({ state: 'failed', found: 2, rejected: 2 });
    expect(view.reason).toContain('x is not a function');
  });
});

describe('more postings than one read asks for', () => {
  const many = () => [...jobs(20, 1).map((job) => ({ ...job, title: 'Security Analyst' })), ...jobs(130, 100)];

  test('are asked for over several reads, the most promising first, and each read says what is left', async () => {
    board(many);
    const first = await scan();
    expect(first).toMatchObject({ state: 'partial', found: 150, kept: 100, rejected: 50, requests: 101 });
    expect(first.reason).toContain('the texts of 50 postings: stopped after 100, which is our own limit');
    expect(records().every((id) => id >= 100)).toBe(true);
    expect(await scan()).toMatchObject({ state: 'success', requests: 51, found: 150, unchanged: 100, new: 50 });
    expect(await scan()).toMatchObject({ state: 'success', requests: 1, unchanged: 150 });
  });

  test('are asked for at most as many at once as the source may be', async () => {
    let [open, most] = [0, 0];
    source.boards.set('acme', async (page) => {
      if (page < RECORDS) return { items: jobs(12) };
      most = Math.max(most, ++open);
      await new Promise((done) => setTimeout(done, 10));
      open--;
      return record(IAM);
    });
    await scan();
    expect(most).toBe(2);
  });
});

test('a scan that is cancelled meanwhile asks for no further text and keeps what came', async () => {
  let asked = 0;
  source.boards.set('acme', (page) => {
    if (page < RECORDS) return { items: jobs(60) };
    return ++asked > 20 ? 'never' : record(IAM);
  });
  const running = scanNow(m, 'greenhouse');
  await until(() => asked > 20);
  const { id } = await db.sql.selectFrom('scan').select('id').executeTakeFirstOrThrow();
  await cancelScan(db, id);
  const { view } = await running;
  expect(view.state).toBe('cancelled');
  expect(view.found).toBe(view.kept + view.rejected);
  expect(view.kept).toBeGreaterThanOrEqual(10);
  expect(asked).toBeLessThanOrEqual(24);
});
