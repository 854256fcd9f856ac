/**
 * A job's marks in one number: what a search looks at before it looks at the job's row. Each group has a bit for every value
 * (values of an open set share bits), and every job has a bit of every group, so that a condition is `flags & mask <> 0`. A mark
 * may say too much and never too little: the row decides. -1, all bits, is a job of which nothing was marked.
 */

const STATES = ['open', 'unknown', 'closed'] as const;
const MODES = ['remote', 'hybrid', 'onsite', 'unknown'] as const;
export const LEVELS = [
  'intern',
  'junior',
  'mid',
  'senior',
  'lead',
  'principal',
  'manager',
  'director',
  'executive',
] as const;
export const DISCIPLINES = ['workforce', 'iga', 'pam', 'ciam', 'directory', 'cloud', 'machine', 'federal'] as const;
/** Upper sums of pay a year in whatever currency, from which the next bit begins. */
const PAY_STEPS = [30_000, 60_000, 90_000, 120_000, 160_000] as const;
const TIMES: Readonly<Record<string, number>> = { year: 1, month: 12, week: 52, day: 260, hour: 2080 };

const AT = { mode: 0, level: 4, discipline: 15, source: 25, pay: 45, country: 52, state: 60 } as const;
const SOURCE_BITS = 20;
const COUNTRY_BITS = 8;

export interface Marked {
  readonly workMode: string;
  readonly level: string | null;
  readonly disciplines: readonly string[];
  readonly sources: readonly string[];
  readonly country: string | null;
  readonly pay: { readonly min: number | null; readonly max: number | null; readonly period: string | null } | null;
}

/** Without the state, which changes without the rest. */
export function flagsOf(job: Marked): bigint {
  return (
    modeBits([job.workMode]) |
    levelBits([job.level ?? 'unknown']) |
    disciplineBits(job.disciplines.length === 0 ? ['unknown'] : job.disciplines) |
    sourceBits(job.sources) |
    payBits(job.pay) |
    countryBits([job.country ?? 'unknown'])
  );
}

export const modeBits = (modes: readonly string[]) => named(AT.mode, MODES, modes);
export const levelBits = (levels: readonly string[]) => named(AT.level, LEVELS, levels);
export const disciplineBits = (names: readonly string[]) => named(AT.discipline, DISCIPLINES, names);
export const stateBits = (states: readonly string[]) => named(AT.state, STATES, states);
export const sourceBits = (sources: readonly string[]) => hashed(AT.source, SOURCE_BITS, sources);
export const countryBits = (countries: readonly string[]) => hashed(AT.country, COUNTRY_BITS, countries);

/** All jobs whose upper sum a year, in their own currency, may be so much or more; not those without any. */
export function payBitsFrom(least: number): bigint {
  return PAY_STEPS.reduce((bits, step, i) => (least < step ? bits : bits & ~bit(AT.pay + 1 + i)), payRange());
}

function payBits(pay: Marked['pay']): bigint {
  const top = pay === null ? null : (pay.max ?? pay.min);
  const times = TIMES[pay?.period ?? ''];
  if (top === null || times === undefined) return bit(AT.pay);
  return bit(AT.pay + 1 + PAY_STEPS.filter((step) => Math.round(top * times * 100) / 100 >= step).length);
}

const payRange = () => PAY_STEPS.reduce((bits, _, i) => bits | bit(AT.pay + 1 + i), bit(AT.pay + 1 + PAY_STEPS.length));

const bit = (at: number) => 1n << BigInt(at);

/** What is not on the list has the bit behind it. */
function named(at: number, list: readonly string[], names: readonly string[]): bigint {
  return names.reduce((bits, name) => {
    const i = list.indexOf(name);
    return bits | bit(at + (i < 0 ? list.length : i));
  }, 0n);
}

function hashed(at: number, width: number, names: readonly string[]): bigint {
  return names.reduce((bits, name) => bits | bit(at + (fnv(name) % width)), 0n);
}

/** FNV-1a, 32 bits. */
function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
