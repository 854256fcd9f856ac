/** Whether places, way of working and eligibility are read as a person reads them: every field that a row states. */
import { z } from 'zod';
import type { Place, WorkMode } from '../../worker/posting.ts';
import { fold } from '../../worker/steps/place/fold.ts';
import { type ParsedPlaces, parsePlaces } from '../../worker/steps/place/parse-places.ts';
import type { Answer, Kind } from './evaluate.ts';
import { readHint } from './hint.ts';

const place = z.object({
  city: z.string().nullish(),
  state: z.string().nullish(),
  region: z.string().nullish(),
  county: z.string().nullish(),
  country: z.string().nullish(),
});
const expectation = z.object({
  remote: z.union([z.boolean(), z.literal('maybe')]).optional(),
  workplace: z.enum(['remote', 'hybrid', 'onsite', 'unknown']).optional(),
  country: z.string().nullish(),
  region: z.string().optional(),
  places: z.array(place).optional(),
  eligible: z.array(z.string()).optional(),
  days: z.number().nullish(),
  time_zones: z.array(z.string()).optional(),
  conflict: z.boolean().optional(),
});
const row = z
  .object({
    id: z.string().nullish(),
    raw: z.string(),
    hint: z.string().nullish(),
    title: z.string().optional(),
    text: z.string().optional(),
    /** Fields of the source beside the place. */
    country: z.string().optional(),
    mode: z.enum(['remote', 'hybrid', 'onsite']).optional(),
    expect: expectation,
  })
  .transform((read) => ({ ...read, id: read.id ?? read.raw }));
type Row = z.output<typeof row>;

/** Sources that list remote work only, as their connectors say. */
const REMOTE_FEEDS = new Set(['remoteok', 'remotive', 'himalayas', 'jobicy', 'workingnomads', 'weworkremotely']);

export const placeKind: Kind<Row> = {
  about: 'where and how? rows {raw, hint, expect: {remote, workplace, country, region, places, eligible, ...}}',
  row,
  answer(read): Answer {
    const got = parsePlaces(inputOf(read));
    const checks = checksOf(read.expect, got);
    const wrong = checks.filter((check) => check.isWrong || check.isMissing);
    const told = (of: 'expected' | 'got') => wrong.map((check) => `${check.field} ${check[of]}`).join('; ');
    const isStated = (check: Check) => check.expected !== NONE && check.expected !== 'false';
    return {
      expected: wrong.length === 0 ? 'right' : told('expected'),
      got: wrong.length === 0 ? 'right' : told('got'),
      expectedPositive: checks.some(isStated),
      gotPositive: checks.some((check) => isStated(check) && !check.isMissing) || wrong.some((check) => check.isWrong),
      confident: wrong.some((check) => check.isWrong),
      why: `${JSON.stringify(read.raw)} (${read.hint ?? 'no hint'}) ${got.evidence.map(({ what, phrase }) => `${what} "${phrase}"`).join(', ')}`,
    };
  },
};

function inputOf({ raw, hint, title, text, country, mode }: Row) {
  const read = readHint(hint);
  const isCountryField = read.words.some(
    (word) => word === 'addresscountry' || word === 'country' || word === 'countrycode',
  );
  const area = /^area=\[(.*)\]$/.exec(raw)?.[1]?.split(',');
  const places = isCountryField || read.place !== 'field' ? [] : area === undefined ? [raw] : areaPlaces(area);
  return {
    places,
    country: isCountryField ? raw : (country ?? area?.[0] ?? null),
    workMode: mode ?? (REMOTE_FEEDS.has(read.source) ? ('remote' as const) : ('unknown' as const)),
    title: read.place === 'title' ? raw : (title ?? ''),
    text: read.place === 'text' ? raw : (text ?? ''),
    source: read.source,
  };
}

/** Adzuna's place tree, largest first, as its connector writes it. */
function areaPlaces(area: readonly string[]): string[] {
  return area.length > 1 ? [area.toReversed().join(', ')] : [];
}

interface Check {
  readonly field: string;
  readonly expected: string;
  readonly got: string;
  /** Something else is said than what is right. */
  readonly isWrong: boolean;
  /** Nothing is said where something is right. */
  readonly isMissing: boolean;
}

const NONE = 'none';

function checksOf(expect: Row['expect'], got: ParsedPlaces): Check[] {
  const checks: Check[] = [];
  const compare = (field: string, expected: string, said: string) => {
    const isRight = fold(expected) === fold(said);
    checks.push({
      field,
      expected,
      got: said,
      isWrong: !isRight && said !== NONE,
      isMissing: !isRight && said === NONE,
    });
  };
  if (typeof expect.remote === 'boolean') checks.push(remoteCheck(expect.remote, got.workMode));
  if (expect.workplace !== undefined)
    compare(
      'mode',
      expect.workplace,
      got.workMode === 'unknown' && expect.workplace !== 'unknown' ? NONE : got.workMode,
    );
  if (expect.country !== undefined) compare('country', expect.country ?? NONE, got.country ?? NONE);
  if (expect.region !== undefined)
    compare(
      'region',
      expect.region,
      got.eligibility.regions.find((region) => region === expect.region) ?? got.eligibility.regions[0] ?? NONE,
    );
  if (expect.eligible !== undefined)
    compare('eligible', list(expect.eligible), list([...got.eligibility.regions, ...got.eligibility.countries]));
  if (expect.days !== undefined) compare('days', String(expect.days ?? NONE), String(got.daysOnSite ?? NONE));
  if (expect.time_zones !== undefined)
    compare('time zones', list(expect.time_zones), list(got.eligibility.timeZones ?? []));
  if (expect.conflict !== undefined) compare('conflict', String(expect.conflict), String(got.conflict !== null));
  if (expect.places !== undefined) checks.push(placesCheck(expect.places, got.places));
  return checks;
}

function remoteCheck(expected: boolean, mode: WorkMode): Check {
  const isRemote = mode === 'remote';
  return {
    field: 'remote',
    expected: String(expected),
    got: mode,
    isWrong: isRemote !== expected && mode !== 'unknown',
    isMissing: expected && mode === 'unknown',
  };
}

/** Each expected place has a partner that agrees in all that it states, and no place is left over. */
function placesCheck(expected: readonly z.output<typeof place>[], got: readonly Place[]): Check {
  const left = [...got];
  const open: string[] = [];
  let isWrong = false;
  for (const wanted of expected) {
    const best = left.findIndex((found) => differences(wanted, found).length === 0);
    if (best >= 0) {
      left.splice(best, 1);
      continue;
    }
    open.push(placeWords(wanted));
    const near = left.findIndex((found) => differences(wanted, found).every(({ said }) => said === null));
    if (near >= 0) left.splice(near, 1);
    else isWrong ||= left.length > 0;
  }
  isWrong ||= left.length > 0;
  const said = got.length === 0 ? NONE : got.map((found) => placeWords({ ...found, state: found.region })).join(' + ');
  return {
    field: 'places',
    expected: expected.length === 0 ? NONE : expected.map(placeWords).join(' + '),
    got: said,
    isWrong,
    isMissing: open.length > 0 && !isWrong,
  };
}

function differences(wanted: z.output<typeof place>, found: Place): { said: string | null }[] {
  const pairs: readonly (readonly [string | null | undefined, string | null])[] = [
    [wanted.city, found.city],
    [wanted.state ?? wanted.region, found.region],
    [wanted.county, found.county],
    [wanted.country, found.country],
  ];
  // an explicit null in the row means that it must stay open
  return pairs.flatMap(([want, said]) =>
    want === undefined || fold(want ?? '') === fold(said ?? '') ? [] : [{ said }],
  );
}

function placeWords({ city, state, region, county, country }: z.output<typeof place>): string {
  return [city, county, state ?? region, country].filter(Boolean).join(', ');
}

function list(values: readonly string[]): string {
  return values.length === 0 ? NONE : values.toSorted().join(' ');
}
