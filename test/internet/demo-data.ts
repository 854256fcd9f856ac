/** What the played internet has in the demo: some hundred invented postings over all sources, always the same. */
import { SOURCE_KEYS, type SourceName } from '../../shared/sources.ts';
import boards from './boards.json' with { type: 'json' };
import type { Advert } from './demo/advert.ts';
import { adverts } from './demo/adverts.ts';
import { AGENCIES } from './demo/words.ts';
import type { Fault } from './faults.ts';
import type { InternetData } from './internet.ts';
import { SPEAKERS } from './speakers/all.ts';

/** Path of the boards of the demo, for `BOARDS_FILE`. */
export const DEMO_BOARDS_FILE = `${import.meta.dirname}/boards.json`;

/** A value for every key of every source; the played sources accept any. */
export const DEMO_KEYS: Readonly<Record<string, string>> = Object.fromEntries(
  SOURCE_KEYS.map((name) => [name, name.endsWith('_EMAIL') ? 'demo@example.org' : 'key-of-the-demo']),
);

/** Adverts by board and the share of them that is IAM work; a vendor of identity products has most of both. */
const PLAN: Readonly<Record<string, { readonly count: number; readonly iamShare: number }>> = {
  ferrovalebank: { count: 22, iamShare: 0.3 },
  quillonhealth: { count: 18, iamShare: 0.15 },
  brightmoorenergy: { count: 14, iamShare: 0.15 },
  tessarinecloud: { count: 20, iamShare: 0.25 },
  halvornrobotics: { count: 12, iamShare: 0.05 },
  palisadeidentity: { count: 18, iamShare: 0.7 },
  meridiangrove: { count: 10, iamShare: 0.1 },
  emptynest: { count: 0, iamShare: 0 },
  osterwald: { count: 18, iamShare: 0.3 },
  kestrelpay: { count: 16, iamShare: 0.3 },
  sablefin: { count: 14, iamShare: 0.8 },
  vantoraero: { count: 12, iamShare: 0.1 },
  // More than one page of Lever's hundred.
  oaklinegroup: { count: 104, iamShare: 0.06 },
  'larkspur-analytics': { count: 7, iamShare: 0.4 },
  cobaltferry: { count: 6, iamShare: 0.35 },
  zonnebloem: { count: 6, iamShare: 0.7 },
  sturmhut: { count: 6, iamShare: 0.4 },
  lumalien: { count: 6, iamShare: 0.35 },
  'careers.pemberly.example/jobs': { count: 5, iamShare: 0.4 },
  nordhavnfoods: { count: 14, iamShare: 0.3 },
  maplewick: { count: 8, iamShare: 0.35 },
};

/** @param newest when the newest advert was published; a fixed day, so that a second demo finds the same postings */
export function demoData(newest = new Date('2026-11-20T12:00:00Z')): InternetData {
  const byBoard = new Map<string, Advert[]>();
  for (const [i, { token, company }] of boards.entries()) {
    const plan = PLAN[token];
    if (plan !== undefined)
      byBoard.set(token, adverts({ firstNumber: 1_000 * (i + 1), token, company, newest, ...plan }));
  }
  const rows = (source: SourceName, list: readonly Advert[]) => list.map((advert) => SPEAKERS[source].write(advert));
  const board = (source: SourceName) =>
    Object.fromEntries(
      boards.flatMap(({ source: at, token }) => {
        const list = byBoard.get(token);
        return at === source && list !== undefined ? [[token, rows(source, list)]] : [];
      }),
    );
  const elsewhere = (firstNumber: number, count: number, iamShare: number) =>
    AGENCIES.flatMap((company, i) =>
      adverts({ firstNumber: firstNumber + i * 100, count, token: `agency${i}`, company, iamShare, newest }),
    );
  /** Enough to see that a source is read. */
  const few = (firstNumber: number) => {
    const company = AGENCIES[(firstNumber / 1_000) % AGENCIES.length] ?? '';
    return adverts({ firstNumber, count: 4, token: 'agency', company, iamShare: 0.6, newest });
  };
  // What employers have on their boards turns up at search sources, too.
  const copies = [...byBoard.values()].flat();
  return {
    jsearch: { '*': rows('jsearch', [...copies.filter((a) => a.number % 14 === 1), ...elsewhere(20_000, 3, 0.7)]) },
    adzuna: { '*': rows('adzuna', [...copies.filter((a) => a.number % 7 === 2), ...elsewhere(30_000, 8, 0.9)]) },
    remoteok: {
      '*': rows('remoteok', [
        ...copies.filter((a) => a.mode === 'remote' && a.number % 5 === 3),
        ...elsewhere(40_000, 3, 0.3),
      ]),
    },
    jobicy: { '*': rows('jobicy', few(50000)) },
    remotive: { '*': rows('remotive', few(51000)) },
    workingnomads: { '*': rows('workingnomads', few(52000)) },
    arbeitnow: { '*': rows('arbeitnow', few(53000)) },
    himalayas: { '*': rows('himalayas', few(54000)) },
    themuse: { '*': rows('themuse', few(55000)) },
    usajobs: { '*': rows('usajobs', few(56000)) },
    reed: { '*': rows('reed', few(57000)) },
    findwork: { '*': rows('findwork', few(58000)) },
    jooble: { '*': rows('jooble', few(59000)) },
    hackernews: { '*': rows('hackernews', few(60000)) },
    greenhouse: board('greenhouse'),
    lever: board('lever'),
    bamboohr: board('bamboohr'),
    smartrecruiters: board('smartrecruiters'),
    jsonld: board('jsonld'),
    teamtailor: board('teamtailor'),
    personio: board('personio'),
    recruitee: board('recruitee'),
    workable: board('workable'),
    ashby: board('ashby'),
  };
}

/** What goes wrong in the demo, so that it can be seen: one source asks for patience, one page of another is broken for good. */
export const DEMO_FAULTS: Readonly<Partial<Record<SourceName, readonly Fault[]>>> = {
  adzuna: [{ kind: 'refuse', status: 429, headers: { 'retry-after': '1' }, times: 1 }],
  lever: [{ kind: 'html', board: 'oaklinegroup', page: 1 }],
  jsearch: [{ kind: 'refuse', status: 503, body: 'upstream is restarting', times: 1 }],
};
