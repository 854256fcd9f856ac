/** `npm run rescore`: judges everything that is stored by the rules of this version; shows the difference before it applies it. */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { Database } from '../shared/db/database.ts';
import { RULES_VERSION } from '../worker/steps/score/taxonomy.ts';
import { applyBatch, type Difference, lookAtBatch, type RescoredBatch, startRescore } from '../worker/store/rescore.ts';
import { parsed, runCommand } from './command.ts';
import { withSystemDatabase } from './database.ts';
import { printable, startProgress, table } from './terminal.ts';

const USAGE = `Usage: npm run rescore [-- --apply] [--json]

  Judges every stored posting by the rules of this version (${RULES_VERSION}) and says what would change. Nothing is changed.
  --apply   changes it: scores, reasons and posting lists; what is no IAM work any more is closed, with the reason. Scans go
            on meanwhile. It can be stopped at any time; started again it goes on where it was.
  --json    print one JSON object`;

/** Differences that are shown: those that leave, and those that move most. */
const SHOWN_MAX = 20;

interface Sum {
  looked: number;
  unreadable: number;
  changed: number;
  leaves: number;
  shown: Difference[];
}

await runCommand(USAGE, async (args) => {
  const { values } = parsed(() =>
    parseArgs({
      args,
      options: { apply: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    }),
  );
  return withSystemDatabase(async (db) => {
    const sum = await goThrough(db, values.apply);
    const { shown, ...counts } = sum;
    const result = { rules: RULES_VERSION, applied: values.apply, ...counts, shown };
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : words(sum, values.apply));
    return 0;
  });
});

async function goThrough(db: Database, apply: boolean): Promise<Sum> {
  const by = userInfo().username;
  const sum: Sum = { looked: 0, unreadable: 0, changed: 0, leaves: 0, shown: [] };
  const progress = startProgress(process.stderr);
  let after: string | undefined = apply ? await startRescore(db, by) : '0';
  while (after !== undefined) {
    const batch: RescoredBatch = apply ? await applyBatch(db, after, by) : await lookAtBatch(db, after);
    add(sum, batch);
    progress.show(`${sum.looked} postings judged, ${sum.changed} otherwise than before`);
    after = batch.next;
  }
  progress.end();
  return sum;
}

function add(sum: Sum, { looked, unreadable, differences }: RescoredBatch): void {
  sum.looked += looked;
  sum.unreadable += unreadable;
  sum.changed += differences.length;
  sum.leaves += differences.filter(({ leaves }) => leaves).length;
  sum.shown = [...sum.shown, ...differences].sort(byWeight).slice(0, SHOWN_MAX);
}

/** What leaves first, then what moves most. */
function byWeight(a: Difference, b: Difference): number {
  const moved = ({ before, after }: Difference) => Math.abs(after - before);
  return Number(b.leaves) - Number(a.leaves) || moved(b) - moved(a);
}

function words({ looked, unreadable, changed, leaves, shown }: Sum, applied: boolean): string {
  const head = `${looked} postings judged by rules ${RULES_VERSION}: ${changed} otherwise than before, ${leaves} of them no IAM work`;
  const old = unreadable === 0 ? '' : `${unreadable} were stored by an earlier release and wait for their next scan\n`;
  const rows = shown.map(({ jobId, title, company, before, after, leaves: isLeft }) => [
    jobId,
    printable(title),
    printable(company ?? ''),
    `${before} -> ${after}`,
    isLeft ? 'leaves' : '',
  ]);
  const list = rows.length === 0 ? '' : `${table([['JOB', 'TITLE', 'COMPANY', 'SCORE', ''], ...rows])}\n`;
  const more = changed > shown.length ? `... and ${changed - shown.length} more\n` : '';
  const what = applied ? '' : changed > 0 ? 'Nothing was changed; npm run rescore -- --apply does it.\n' : '';
  return `${head}\n${old}${list}${more}${what}`;
}
