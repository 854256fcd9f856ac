/** `npm run board`: boards of employers, added by pasting an address, listed, switched off and on. */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../shared/config.ts';
import { BOARD_FILTERS, type BoardFilter, type BoardView, listBoards, readBoard } from '../shared/db/board-list.ts';
import { switchBoard } from '../shared/db/board-switch.ts';
import type { Database } from '../shared/db/database.ts';
import { isSourceName, SOURCE_NAMES, type SourceName, sourceInfo } from '../shared/sources.ts';
import { type AddOptions, addBoard } from './board-add.ts';
import { boardTable } from './board-report.ts';
import { parsed, runCommand, UsageError } from './command.ts';
import { withSystemDatabase } from './database.ts';

const WITH_BOARDS = SOURCE_NAMES.filter((name) => sourceInfo(name).kind === 'board');
const USAGE = `Usage: npm run board -- add URL [--yes | --dry-run] [--candidate N] [--company NAME] [--even-if-unsure] [--json]
       npm run board -- list [--source a,b] [--state ${BOARD_FILTERS.join('|')}] [--json]
       npm run board -- enable ID... | disable ID... [--json]

  add       URL is any careers address: a board, a posting, an embedded frame, or the employer's own page. Its board is
            found and tried, and shown with sample postings and what it will cost; it is saved when you say so.
  --yes             save it without asking
  --dry-run         save nothing, and need no running system
  --candidate       which board is meant where an address may mean several, as they are numbered
  --company         the employer's name, where the one that was found is not right
  --even-if-unsure  save a board that lists nothing and may not exist
  list      every board with its last complete check, the next one and why; sources with boards:
            ${WITH_BOARDS.join(', ')}
  disable   its postings and what was learnt of it stay; enable makes it due at once
  --json    print JSON and nothing else on standard output

Ends with 0 when the board is there (with --dry-run: when it could be saved), 1 when it was not saved.`;

await runCommand(USAGE, async ([verb, ...args]) => {
  const config = loadConfig();
  switch (verb) {
    case 'add':
      return add(config, args);
    case 'list':
      return list(config, args);
    case 'enable':
    case 'disable':
      return setEnabled(config, args, verb === 'enable');
    default:
      throw new UsageError(verb === undefined ? 'What shall be done?' : `There is no "${verb}".`);
  }
});

async function add(config: Config, args: string[]): Promise<number> {
  const { values, positionals } = parsed(() =>
    parseArgs({
      args,
      allowPositionals: true,
      options: {
        yes: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        candidate: { type: 'string' },
        company: { type: 'string' },
        'even-if-unsure': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }),
  );
  const [url, ...more] = positionals;
  if (url === undefined || more.length > 0) throw new UsageError('add takes one URL.');
  const { candidate } = values;
  if (candidate !== undefined && !/^\d{1,2}$/.test(candidate)) throw new UsageError('--candidate takes a number.');
  const options: AddOptions = {
    url,
    yes: values.yes,
    dryRun: values['dry-run'],
    json: values.json,
    by: userInfo().username,
    choice: {
      candidate: candidate === undefined ? undefined : Number(candidate),
      evenIfUnsure: values['even-if-unsure'],
      company: values.company,
    },
  };
  if (options.yes && options.dryRun) throw new UsageError('--yes and --dry-run contradict each other.');
  if (!options.yes && !options.dryRun && (options.json || process.stdin.isTTY !== true)) {
    throw new UsageError('Nobody can be asked here whether to save it: say --yes or --dry-run.');
  }
  if (options.dryRun) return addBoard(config, undefined, options);
  return withSystemDatabase((db) => addBoard(config, db, options), config);
}

function list(config: Config, args: string[]): Promise<number> {
  const { values } = parsed(() =>
    parseArgs({
      args,
      options: { source: { type: 'string' }, state: { type: 'string' }, json: { type: 'boolean', default: false } },
    }),
  );
  const source = values.source?.split(',').map((name) => name.trim());
  const unknown = source?.filter((name) => !WITH_BOARDS.some((known) => known === name)) ?? [];
  if (unknown.length > 0) throw new UsageError(`No source with boards is called ${unknown.join(', ')}.`);
  const state = BOARD_FILTERS.find((filter) => filter === values.state);
  if (values.state !== undefined && state === undefined) throw new UsageError(`No state is called ${values.state}.`);
  return withSystemDatabase(async (db) => {
    const boards = await allBoards(db, source?.filter(isSourceName), state);
    process.stdout.write(values.json ? `${JSON.stringify(boards)}\n` : boardTable(boards, new Date()));
    return 0;
  }, config);
}

async function allBoards(
  db: Database,
  source: readonly SourceName[] | undefined,
  state: BoardFilter | undefined,
): Promise<BoardView[]> {
  const all: BoardView[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page = await listBoards(db, { source, state, after, limit: 100 });
    all.push(...page.boards);
    after = page.next;
  }
  return all;
}

function setEnabled(config: Config, args: string[], enabled: boolean): Promise<number> {
  const { values, positionals } = parsed(() =>
    parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean', default: false } } }),
  );
  const ids = positionals.filter((id) => /^[1-9]\d{0,8}$/.test(id)).map(Number);
  if (ids.length === 0 || ids.length < positionals.length)
    throw new UsageError('Name boards by the numbers that list shows.');
  return withSystemDatabase(async (db) => {
    const boards: BoardView[] = [];
    for (const id of ids) {
      await switchBoard(db, id, enabled, userInfo().username);
      const board = await readBoard(db, id);
      if (board === undefined) process.stderr.write(`There is no board ${id}.\n`);
      else boards.push(board);
    }
    process.stdout.write(values.json ? `${JSON.stringify(boards)}\n` : boards.map(nowIs).join(''));
    return boards.length === ids.length ? 0 : 1;
  }, config);
}

function nowIs({ id, source, token, enabled }: BoardView): string {
  return `board ${id} (${source}/${token}) is ${enabled ? 'on' : 'off'}\n`;
}
