/** Parameters that several routes understand in the same way. */
import { z } from 'zod';
import { isSourceName, SOURCE_NAMES, type SourceName } from '../shared/sources.ts';
import { cursor } from './cursor.ts';

export const LIMIT_MAX = 100;
export const LIMIT_DEFAULT = 20;
const QUERY_LENGTH_MAX = 200;
const DAYS_MAX = 3650;

export const WORK_MODES = ['remote', 'hybrid', 'onsite', 'unknown'] as const;
export type WorkModeName = (typeof WORK_MODES)[number];

/** A field that a form sends empty says nothing. */
function optional<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema.optional());
}

/** `a,b`, or the parameter several times. */
function list<T extends string>(names: readonly T[], what: string) {
  const isName = (name: string): name is T => (names as readonly string[]).includes(name);
  return z.union([z.string(), z.array(z.string()).max(names.length)]).transform((value, context): readonly T[] => {
    const given = [...new Set([value].flat().flatMap((part) => part.split(',').filter((name) => name !== '')))];
    if (given.every(isName)) return given;
    context.addIssue({ code: 'custom', message: `must be names of ${what}; there are: ${names.join(', ')}` });
    return z.NEVER;
  });
}

export const limit = z.coerce
  .number({ message: `must be a whole number from 1 to ${LIMIT_MAX}` })
  .int(`must be a whole number from 1 to ${LIMIT_MAX}`)
  .min(1, `must be at least 1`)
  .max(LIMIT_MAX, `must be at most ${LIMIT_MAX}`)
  .default(LIMIT_DEFAULT);

/** PostgreSQL text cannot hold NUL. */
const words = z
  .string()
  .max(QUERY_LENGTH_MAX, `must have at most ${QUERY_LENGTH_MAX} characters`)
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character')
  .transform((text) => text.trim());

const HOURS_OF: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };

export interface Since {
  /** As it was given. */
  readonly text: string;
  /** The beginning of the time asked for. */
  from(now: Date): Date;
}

/** `7d`, `24h`, `2w`, a day, or a moment. A day begins in UTC. */
const since = z.string().transform((text, context): Since => {
  const ago = /^(\d{1,5})([hdw])$/.exec(text);
  const hours = Number(ago?.[1]) * (HOURS_OF[ago?.[2] ?? ''] ?? 0);
  if (ago !== null && hours > 0 && hours <= DAYS_MAX * 24)
    return { text, from: (now) => new Date(now.getTime() - hours * 3_600_000) };
  const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text);
  if (ago === null && moment.success && moment.data > '1970') return { text, from: () => new Date(moment.data) };
  context.addIssue({
    code: 'custom',
    message: 'must be a day (2026-11-01), a moment (2026-11-01T08:00:00Z) or a time back from now (7d, 24h, 2w)',
  });
  return z.NEVER;
});

const REMOTE: Readonly<Record<'true' | 'false' | 'hybrid', WorkModeName>> = {
  true: 'remote',
  false: 'onsite',
  hybrid: 'hybrid',
};

/** What a list of jobs can be narrowed by; the API and the page understand the same words. */
export const jobFilters = z.strictObject({
  q: optional(words).meta({
    description: 'Words of the title or the company; "quoted" for a phrase, -word to leave out, or.',
  }),
  source: optional(list(SOURCE_NAMES, 'sources')).meta({ description: 'Sources, separated by commas.' }),
  work_mode: optional(list(WORK_MODES, 'work modes')).meta({
    description: 'remote, hybrid, onsite or unknown, separated by commas.',
  }),
  remote: optional(z.enum(['true', 'false', 'hybrid'])).meta({
    description:
      'Short for work_mode: true is remote, hybrid is hybrid, false is onsite. What no source states is unknown and in none.',
  }),
  posted_since: optional(since).meta({ description: 'A day, a moment, or 7d, 24h, 2w.' }),
  state: optional(z.enum(['open', 'closed', 'unknown', 'all'])).meta({ description: 'open unless said.' }),
  limit,
  cursor: optional(cursor).meta({ description: 'nextCursor of the page before.' }),
});

/** One way to say it: both would be a contradiction or a repetition. */
export const jobQuery = jobFilters.superRefine((value, context) => {
  if (value.remote !== undefined && value.work_mode !== undefined)
    context.addIssue({ code: 'custom', path: ['remote'], message: 'says the same as work_mode; give one of them' });
});
export type JobQuery = z.output<typeof jobQuery>;

export function workModesOf(query: Pick<JobQuery, 'remote' | 'work_mode'>): readonly WorkModeName[] | undefined {
  if (query.remote !== undefined) return [REMOTE[query.remote]];
  return query.work_mode;
}

/** What narrows the list, as the parameters that say it. */
export function parametersOf(query: JobQuery): URLSearchParams {
  const parameters = new URLSearchParams();
  if (query.q) parameters.set('q', query.q);
  for (const source of query.source ?? []) parameters.append('source', source);
  for (const mode of workModesOf(query) ?? []) parameters.append('work_mode', mode);
  if (query.posted_since !== undefined) parameters.set('posted_since', query.posted_since.text);
  if (query.state !== undefined) parameters.set('state', query.state);
  return parameters;
}

/** Names of sources in a body; `null` and an absent list mean the sources of the settings. */
export const sourceNames = z
  .array(
    z.string().refine((name): name is SourceName => isSourceName(name), {
      message: `is not a source; there are: ${SOURCE_NAMES.join(', ')}`,
    }),
  )
  .min(1, 'must name at least one source')
  .max(SOURCE_NAMES.length, `there are only ${SOURCE_NAMES.length} sources`);

/** The same as a parameter. */
export const sourceList = list(SOURCE_NAMES, 'sources');
