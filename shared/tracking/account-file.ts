/**
 * The file of a whole account: what an export writes and an import takes. docs/tracking.md describes it. Everything but
 * `instance` is the same after an import into an empty account and another export.
 */
import { z } from 'zod';
import { asStored } from '../as-stored.ts';
import { plainWords } from '../plain-words.ts';
import { frozenAdvert, postingRef, REFS_MAX, seenAdvert } from './advert.ts';
import { STATES } from './states.ts';
import { text } from './text.ts';
import { day, moment } from './time.ts';

export const ACCOUNT_FORMAT = 'iam-job-scout-account';
export const ACCOUNT_VERSION = 1;

const ENTRIES_MAX = 10_000;
const EVENTS_MAX = 5_000;
const HIDES_MAX = 200;

const state = z.enum(STATES);
const stateFacet = z.strictObject({ state, reason: text(500).nullable(), at: moment });
const notes = text(20_000);
const nextStep = z.strictObject({ text: text(500).min(1), on: day }).nullable();
const seq = z.number().int().min(1).max(EVENTS_MAX);

const facet = z.union([stateFacet, notes, nextStep]);
export const fileEvent = z.strictObject({
  seq,
  at: moment,
  kind: z.enum(['state', 'notes', 'next-step', 'undo']),
  before: facet,
  after: facet,
  undoes: seq.nullable(),
});
export type FileEvent = z.output<typeof fileEvent>;

export const fileEntry = z
  .strictObject({
    refs: z.array(postingRef).max(REFS_MAX),
    state,
    reason: text(500).nullable(),
    stateAt: moment,
    notes,
    nextStep,
    seen: seenAdvert,
    seenAt: moment,
    createdAt: moment,
    updatedAt: moment,
    history: z.array(fileEvent).max(EVENTS_MAX),
    adverts: z.array(z.strictObject({ seq, takenAt: moment, advert: frozenAdvert })).max(EVENTS_MAX),
  })
  .superRefine((entry, context) => {
    for (const { path, message } of faultsOf(entry)) context.addIssue({ code: 'custom', path, message });
  });
export type FileEntry = z.output<typeof fileEntry>;

const hide = z.strictObject({
  kind: z.enum(['company', 'agency', 'keyword']),
  value: text(200).overwrite(asStored).min(1, 'must not be empty'),
  createdAt: moment,
});

export const accountFile = z.strictObject({
  format: z.literal(ACCOUNT_FORMAT, `must be "${ACCOUNT_FORMAT}": this is no account file`),
  version: z.literal(ACCOUNT_VERSION, `must be ${ACCOUNT_VERSION}: files of other versions cannot be read here`),
  /** What says something of the system that wrote it and of that moment only; nobody looks at it. */
  instance: z.unknown().optional(),
  profile: z.strictObject({ email: text(320).min(3), name: text(200) }),
  settings: z.strictObject({}),
  hides: z.array(hide).max(HIDES_MAX),
  applications: z.array(fileEntry).max(ENTRIES_MAX),
});
export type AccountFile = z.output<typeof accountFile>;

interface Fault {
  readonly path: PropertyKey[];
  readonly message: string;
}

interface Told {
  readonly state: string;
  readonly reason: string | null;
  readonly stateAt: string;
  readonly notes: string;
  readonly nextStep: unknown;
  readonly history: readonly FileEvent[];
  readonly adverts: readonly { readonly seq: number }[];
}

/** A history must lead to what the entry says that it is. */
function faultsOf(entry: Told): Fault[] {
  const faults: Fault[] = [];
  const kinds = new Map<number, string>();
  const undone = new Set<number>();
  const last = new Map<string, unknown>();
  for (const [i, event] of entry.history.entries()) {
    const at = (field: string, message: string) => faults.push({ path: ['history', i, field], message });
    if (event.seq !== i + 1) at('seq', `must be ${i + 1}: events are numbered from 1 without a gap`);
    const kind = event.kind === 'undo' ? kinds.get(event.undoes ?? 0) : event.kind;
    if ((event.kind === 'undo') !== (event.undoes !== null)) at('undoes', 'belongs to an undo and to nothing else');
    else if (event.undoes !== null && (kind === undefined || undone.has(event.undoes)))
      at('undoes', 'must name an earlier event that was not undone');
    if (event.undoes !== null) undone.add(event.undoes);
    if (event.kind !== 'undo') kinds.set(event.seq, event.kind);
    if (kind === undefined) continue;
    for (const side of ['before', 'after'] as const) {
      if (!fits(kind, event[side])) at(side, `is not what an event of the kind ${kind} holds`);
    }
    if (last.has(kind) && !equal(last.get(kind), event.before)) at('before', 'is not what the event before it left');
    last.set(kind, event.after);
  }
  const { state, reason, stateAt: at, notes: text, nextStep: step } = entry;
  for (const [kind, field, value] of [
    ['state', 'state', { state, reason, at }],
    ['notes', 'notes', text],
    ['next-step', 'nextStep', step],
  ] as const) {
    if (last.has(kind) && !equal(last.get(kind), value))
      faults.push({ path: [field], message: 'is not what the history leads to' });
  }
  for (const [i, advert] of entry.adverts.entries()) {
    const applied = entry.history[advert.seq - 1]?.after as { state?: string } | undefined;
    if (kinds.get(advert.seq) !== 'state' || applied?.state !== 'applied')
      faults.push({ path: ['adverts', i, 'seq'], message: 'must be the number of an event of applying' });
    if (entry.adverts.findIndex((other) => other.seq === advert.seq) !== i)
      faults.push({ path: ['adverts', i, 'seq'], message: 'is the number of an advert before it' });
  }
  return faults;
}

function fits(kind: string, value: unknown): boolean {
  if (kind === 'notes') return typeof value === 'string';
  if (kind === 'state') return typeof value === 'object' && value !== null && 'state' in value;
  return value === null || (typeof value === 'object' && 'on' in value);
}

/** Whatever the order of the members is. */
function equal(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), b as Record<string, unknown>];
  return left.length === Object.keys(b).length && left.every(([key, value]) => value === right[key]);
}

export interface FileFault {
  /** JSON Pointer into the file. */
  readonly pointer: string;
  readonly detail: string;
}

/** Everything that is wrong with a file, or the file. */
export function readAccountFile(value: unknown): { file: AccountFile } | { faults: readonly FileFault[] } {
  const parsed = accountFile.safeParse(value, { error: plainWords });
  if (parsed.success) return { file: parsed.data };
  return {
    faults: parsed.error.issues.flatMap((issue) => {
      const names = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
      return names.map((name) => ({
        pointer: [...issue.path, ...(name === undefined ? [] : [name])]
          .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
          .join(''),
        detail: name === undefined ? issue.message : 'is not known here',
      }));
    }),
  };
}
