import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { addStarterBoards } from '../../shared/db/boards.ts';
import { ConfigError } from '../../shared/errors.ts';
import { SOURCE_NAMES, sourceInfo } from '../../shared/sources.ts';
import { testDatabase } from '../db.ts';
import { testFolder } from '../folder.ts';

type TestDatabase = Awaited<ReturnType<typeof testDatabase>>['db'];

let folder: string;

beforeAll(() => {
  folder = testFolder();
});

function fileOf(content: unknown): string {
  const path = join(folder, `boards-${Math.random()}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const boards = (db: TestDatabase) => db.sql.selectFrom('board').selectAll().orderBy('id').execute();

describe('the starter boards', () => {
  test('give every source of the catalogue what it needs, and nothing to other sources', async () => {
    const { db } = await testDatabase();
    const added = await addStarterBoards(db);
    const rows = await boards(db);
    expect(rows).toHaveLength(added);
    // Which careers pages are read is for the operator to say.
    const started = SOURCE_NAMES.filter((name) => name !== 'jsonld').toSorted();
    expect([...new Set(rows.map((row) => row.source))].sort()).toEqual(started);
    const whole = SOURCE_NAMES.filter((name) => sourceInfo(name).kind !== 'board');
    expect(rows.filter((row) => row.token === '*').map((row) => row.source)).toEqual(whole.toSorted());
    expect(rows.filter((row) => row.source === 'greenhouse').length).toBeGreaterThan(150);
    const states = await db.sql.selectFrom('source_state').select('source').execute();
    expect(states.map((row) => row.source).sort()).toEqual(SOURCE_NAMES.toSorted());
  });

  test('are switched off where it is not sure that the board is the employer', async () => {
    const { db } = await testDatabase();
    await addStarterBoards(db);
    const rows = await boards(db);
    const low = rows.filter((row) => row.confidence === 'low');
    expect(low.length).toBeGreaterThan(0);
    expect(low.every((row) => !row.enabled)).toBe(true);
    expect(rows.filter((row) => row.confidence !== 'low').every((row) => row.enabled)).toBe(true);
  });

  test('are added once, also by two starters at the same time, and leave an operator’s change alone', async () => {
    const { db } = await testDatabase();
    const counts = await Promise.all([addStarterBoards(db), addStarterBoards(db), addStarterBoards(db)]);
    await db.sql.updateTable('board').set({ enabled: false }).where('token', '=', 'okta').execute();
    const before = await boards(db);
    expect(counts.reduce((a, b) => a + b)).toBe(before.length);
    expect(await addStarterBoards(db)).toBe(0);
    expect(await boards(db)).toEqual(before);
  });
});

describe('BOARDS_FILE', () => {
  test('replaces the list that ships with the project', async () => {
    const { db } = await testDatabase();
    await addStarterBoards(db, fileOf([{ source: 'lever', token: 'acme', region: 'eu' }]));
    const rows = (await boards(db)).filter((row) => row.token !== '*');
    expect(rows).toMatchObject([{ source: 'lever', token: 'acme', region: 'eu', enabled: true, confidence: 'high' }]);
  });

  test('may be empty', async () => {
    const { db } = await testDatabase();
    const whole = SOURCE_NAMES.filter((name) => sourceInfo(name).kind !== 'board');
    expect(await addStarterBoards(db, fileOf([]))).toBe(whole.length);
  });

  test('names a careers page by its address', async () => {
    const { db } = await testDatabase();
    const tokens = ['careers.example.com', 'https://www.example.com/careers?dept=IT&page=1', 'example.com/Jobs/'];
    await addStarterBoards(db, fileOf(tokens.map((token) => ({ source: 'jsonld', token }))));
    const rows = (await boards(db)).filter((row) => row.source === 'jsonld');
    expect(rows.map((row) => row.token).sort()).toEqual(tokens.toSorted());
  });

  test.each([
    'acme',
    'http://example.com/careers',
    'example.com:8080/x',
    'user@example.com',
    'example.com/a b',
    '//example.com',
    '',
  ])('is refused when it names %j as a careers page', async (token) => {
    const { db } = await testDatabase();
    const fault = addStarterBoards(db, fileOf([{ source: 'jsonld', token }]));
    await expect(fault).rejects.toThrow('must be the address of a careers page');
  });

  test('is refused with every fault named by its place, and nothing is added', async () => {
    const { db } = await testDatabase();
    const file = fileOf([
      { source: 'greenhouse', token: 'good' },
      { source: 'greenhouse', token: '../../etc/passwd' },
      { source: 'lever', token: 'a', confidence: 'sure' },
      { source: 'lever', token: 'b', colour: 'red' },
      'nonsense',
    ]);
    const fault = (await addStarterBoards(db, file).catch((error: unknown) => error)) as ConfigError;
    expect(fault).toBeInstanceOf(ConfigError);
    expect(fault.faults).toHaveLength(4);
    for (const part of ['entry 1: token', 'entry 2: confidence', 'entry 3: Unrecognized key: "colour"', 'entry 4: ']) {
      expect(fault.message).toContain(part);
    }
    expect(await boards(db)).toEqual([]);
  });

  test('is refused when it names a source without boards, an unknown one, or a board twice', async () => {
    const { db } = await testDatabase();
    const file = fileOf([
      { source: 'remoteok', token: 'acme' },
      { source: 'leverr', token: 'acme' },
      { source: 'lever', token: 'acme' },
      { source: 'lever', token: 'acme' },
    ]);
    const fault = (await addStarterBoards(db, file).catch((error: unknown) => error)) as ConfigError;
    expect(fault.faults).toEqual([
      expect.stringContaining('entry 0: source is "remoteok"'),
      expect.stringContaining('entry 1: source is "leverr"'),
      expect.stringContaining('entry 3: is the same board as entry 2'),
    ]);
  });

  test.each([
    ['no JSON', '{"source":', 'cannot be read as JSON'],
    ['no list', '{}', 'must hold a JSON list'],
    ['too large', ' '.repeat(10 * 1024 * 1024 + 1), 'larger than 10 MB'],
  ])('is refused when it is %s', async (_case, content, sentence) => {
    const { db } = await testDatabase();
    await expect(addStarterBoards(db, fileOf(content))).rejects.toThrow(sentence);
  });
});
