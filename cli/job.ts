/** `npm run job`: what a person knows better than the rules about which postings are one opening. */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { Database } from '../shared/db/database.ts';
import { type Decided, DecisionError, mergeJobs, splitPosting, undoEvent } from '../shared/db/merge/decide.ts';
import { mergePending } from '../worker/store/merge/pending.ts';
import { parsed, runCommand, UsageError } from './command.ts';
import { withSystemDatabase } from './database.ts';

const USAGE = `Usage: npm run job -- split POSTING | merge JOB OTHER | undo EVENT [--json]

  split POSTING     this posting is another opening than the rest of its job
  merge JOB OTHER   these two jobs are one opening; OTHER keeps leading to it
  undo EVENT        takes back a decision, a merge or a split

The job's page and its JSON name the ids of its postings.`;

const VERBS: Readonly<
  Record<string, { readonly takes: number; run(db: Database, ids: string[], by: string): Promise<Decided> }>
> = {
  split: { takes: 1, run: (db, [posting = ''], by) => splitPosting(db, posting, by) },
  merge: { takes: 2, run: (db, [into = '', job = ''], by) => mergeJobs(db, into, job, by) },
  undo: { takes: 1, run: (db, [event = ''], by) => undoEvent(db, event, by) },
};

await runCommand(USAGE, async (args) => {
  const { values, positionals } = parsed(() =>
    parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean', default: false } } }),
  );
  const [name = '', ...ids] = positionals;
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb === undefined)
    throw new UsageError(`There is no verb "${name}". There are: ${Object.keys(VERBS).join(', ')}`);
  if (ids.length !== verb.takes || !ids.every((id) => /^\d{1,18}$/.test(id))) {
    throw new UsageError(`"${name}" takes ${verb.takes} ${verb.takes === 1 ? 'number' : 'numbers'}.`);
  }
  const by = `person:${userInfo().username}`;
  return await withSystemDatabase(async (db) => {
    try {
      const { eventId, jobId } = await verb.run(db, ids, by);
      const { merged, split } = await mergePending(db, by);
      const said = `Job ${jobId}: ${merged} postings moved in, ${split} moved out. To take it back: npm run job -- undo ${eventId}\n`;
      process.stdout.write(values.json ? `${JSON.stringify({ event: eventId, job: jobId, merged, split })}\n` : said);
      return 0;
    } catch (error) {
      if (!(error instanceof DecisionError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
  });
});
