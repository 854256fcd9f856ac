/** Puts the parts of a place text together: which parts are one place, which country a code means, and what stays open. */

import { fold } from './fold.ts';
import type { Area, City } from './gazetteer.ts';
import { cityName, regionsByName } from './gazetteer.ts';
import { COMPOUND, isOnly, type Token } from './tokens.ts';

export interface FoundPlace {
  readonly country: string | null;
  readonly region: string | null;
  readonly city: string | null;
  /** The town is in the gazetteer; false when it is only what stands where a town stands. */
  readonly isKnown: boolean;
}

interface Town {
  readonly text: string;
  readonly cities: readonly City[];
  /** A known town at the end of a name that is not known. */
  readonly tail: Token | null;
}

/** A place in the making. */
interface Draft {
  town: Town | null;
  /** What the explicit parts allow; null while none was read. */
  areas: readonly Area[] | null;
  /** The name that they were read from; null for a code. */
  areaName: string | null;
  /** True when a country or region came before the town: "IN - Chennai". */
  isAreaFirst: boolean;
  /** Towns without an entry that were read; with two of them none is certain. */
  unknown: number;
  /** A part that is a town and a region: "New York", "Washington". Not decided yet. */
  open: Token | null;
}

/**
 * State codes that are countries too and stand behind, or before, towns of those countries as often: without a town that is
 * known they say neither.
 */
const UNDECIDED_BEHIND = new Set(['DE']);
const UNDECIDED_BEFORE = new Set(['DE', 'IN', 'CA', 'IL', 'CO', 'AR', 'ID']);

/** @param tokens the parts of one place, or of a list of places */
export function assemble(tokens: readonly Token[]): FoundPlace[] {
  const drafts: Draft[] = [];
  let draft = empty();
  const isCodeList = tokens.length > 1 && tokens.every((token) => token.areas.length > 0 && token.cities.length === 0);
  tokens.forEach((token, n) => {
    if (token.world !== null && token.areas.length === 0 && token.cities.length === 0) return;
    const later = tokens.slice(n + 1);
    const rest = {
      hasKnown: later.some(({ cities }) => cities.length > 0),
      hasTown: later.some(({ isTown }) => isTown),
    };
    if (take(draft, token, rest, isCodeList)) return;
    drafts.push(draft);
    draft = empty();
    take(draft, token, rest, isCodeList);
  });
  drafts.push(draft);
  return settled(drafts);
}

const empty = (): Draft => ({ town: null, areas: null, areaName: null, isAreaFirst: false, unknown: 0, open: null });

/** What comes behind a part. */
interface Rest {
  readonly hasKnown: boolean;
  readonly hasTown: boolean;
}

/** @returns false when the token cannot belong to the draft: another place begins */
function take(draft: Draft, token: Token, rest: Rest, isCodeList: boolean): boolean {
  // regions are all known where states are: an unknown name behind one is the town there, and a quarter elsewhere
  const moreFollows = rest.hasKnown || (rest.hasTown && (draft.areas ?? []).some(byState));
  const isBoth = token.areas.length > 0 && token.cities.length > 0;
  if (isBoth && draft.town === null && draft.open === null && !(draft.areas !== null && moreFollows)) {
    if (draft.areas === null) {
      draft.open = token;
      return true;
    }
    // "Alberta, Ontario": no town Ontario in Alberta
    const isThere = token.cities.some((city) => draft.areas?.some((area) => fits(area, city)));
    return isThere ? takeTown(draft, token) : takeAreas(draft, token, isCodeList);
  }
  if (draft.open !== null) {
    if (isApart(draft.open, token)) return false;
    decide(draft, token);
  }
  if (
    token.areas.length > 0 &&
    !(token.cities.length > 0 && draft.town === null && draft.areas !== null && !moreFollows)
  ) {
    const taken = takeAreas(draft, token, isCodeList);
    const isTownThere = token.cities.some((city) => (draft.areas ?? []).some((area) => fits(area, city)));
    if (taken || !isTownThere) return taken;
  }
  if (token.cities.length > 0 || token.isTown) return takeTown(draft, token);
  return true;
}

/** "New York, NY" is the town, "Washington, Seattle" is the state: the part behind it tells. */
function decide(draft: Draft, next: Token): void {
  const { open } = draft;
  if (open === null) return;
  draft.open = null;
  const state = stateOf(open, next);
  if (state === undefined) draft.town = open;
  else draft.areas = state;
  draft.isAreaFirst = state !== undefined;
}

/** "Hong Kong, India" in a list: neither the town nor the area of that name lies in the other. */
function isApart(open: Token, next: Token): boolean {
  if (next.areas.length === 0 || next.areas.some(({ region }) => region !== null)) return false;
  return !next.areas.some(
    (area) => open.areas.some((own) => fitsArea(own, area)) || open.cities.some((city) => fits(area, city)),
  );
}

/** @returns the areas when the name is the state and not the town */
function stateOf(open: Token, next: Token): readonly Area[] | undefined {
  if (next.areas.length === 0) {
    const isIn = (city: City) => city.region !== null && open.areas.some((area) => fits(area, city));
    return next.cities.some(isIn) ? open.areas : undefined;
  }
  if (next.areas.some(({ region }) => region !== null) || open.cities.some((city) => city.isSure)) return undefined;
  const areas = open.areas.filter((area) => next.areas.some((other) => fitsArea(area, other)));
  const cities = open.cities.filter((city) => next.areas.some((other) => fits(other, city)));
  // "Ontario, Canada" is the province; "Washington, United States" is the state or the capital
  if (areas.length === 0) return undefined;
  return cities.length === 0 ? areas : commonOf({ areas, cities });
}

/** "Beijing, Hong Kong" and "Rio de Janeiro, São Paulo" are lists: the second part is no larger place that the first lies in. */
function isOther(town: Town, token: Token): boolean {
  const isSure = town.cities.some((city) => city.isSure);
  const fitting = town.cities.some((city) => token.areas.some((area) => fits(area, city)));
  if (isSure && !fitting) {
    const isPlace = token.cities.some((city) => city.isSure);
    return isPlace || (token.areas.every(({ region }) => region === null) && !token.isCode);
  }
  const isRegionToo = regionsByName(fold(town.text)).some(({ country }) =>
    town.cities.some((city) => city.country === country),
  );
  return isRegionToo && token.cities.some((city) => city.isSure) && !sameName(town.text, token.text);
}

/** What a name says whether it is the town or the region: "Quebec" is in Quebec, "Washington" only in the United States. */
function commonOf({ areas, cities }: Pick<Token, 'areas' | 'cities'>): readonly Area[] {
  const isSame = areas.every((area) =>
    cities.every((city) => city.country === area.country && city.region === area.region),
  );
  return isSame ? areas : unique(areas.map(({ country }) => ({ country, region: null })));
}

function takeAreas(draft: Draft, token: Token, isCodeList: boolean): boolean {
  const { areas, town } = draft;
  if (areas === null) {
    if (town !== null && isOther(town, token)) return false;
    draft.areas = token.areas;
    draft.areaName = token.isCode ? null : token.text;
    draft.isAreaFirst = town === null;
    return true;
  }
  const both = areas.flatMap((a) =>
    token.areas.filter((b) => fitsArea(a, b)).map((b) => ({ country: a.country, region: a.region ?? b.region })),
  );
  if (both.length > 0) {
    draft.areas = unique(both);
    return true;
  }
  // "Santa Catarina, Nuevo León": a region of Brazil is a town in Mexico
  if (town === null && draft.areaName !== null && !token.isCode && areas.every(({ region }) => region !== null)) {
    const isAbroad = areas.every((a) => token.areas.every((b) => a.country !== b.country));
    if (isAbroad) {
      draft.town = { text: draft.areaName, cities: [], tail: null };
      draft.areas = token.areas;
      draft.isAreaFirst = false;
      return true;
    }
  }
  // "Cheltenham, Gloucestershire, England": the smaller region counts
  const isNested = town !== null && areas.some((a) => !byState(a) && token.areas.some((b) => a.country === b.country));
  if (isNested) return true;
  // A code that fits nowhere is an office's own ("IN-HR-Gurgaon"), unless the text is a list of countries.
  return token.isCode && !isCodeList && (town !== null || token.text.length === 2);
}

function takeTown(draft: Draft, token: Token): boolean {
  const { town, areas } = draft;
  const isKnown = token.cities.length > 0;
  if (town === null) {
    const isElsewhere =
      areas !== null && isKnown && !token.cities.some((city) => areas.some((area) => fits(area, city)));
    const isHomonym =
      areas?.some(({ region }) => region !== null) === true || !token.cities.some((city) => city.isSure);
    if (isElsewhere && !(isHomonym && draft.isAreaFirst)) return false;
    draft.town = token;
    draft.unknown += isKnown ? 0 : 1;
    // "IN-Gurgaon-...": the town has settled which "IN" it is
    const there = areas?.filter((area) => token.cities.some((city) => fits(area, city))) ?? [];
    if (there.length > 0) draft.areas = there;
    return true;
  }
  if (!isKnown) {
    draft.unknown++;
    // addresses go from small to big: of two unknown names before the state, the second is the town
    if (areas === null && town.cities.length === 0) draft.town = token;
    return areas === null || draft.isAreaFirst;
  }
  if (sameName(town.text, token.text)) return true;
  // "UT > Salt Lake City > Fremont": a name behind the town that is no sure town is a quarter or an office
  if (town.cities.length > 0) return draft.isAreaFirst && !token.cities.some((city) => city.isSure);
  if (areas !== null && !draft.isAreaFirst) return false;
  // "Gera Commerzone, Pune": the one that is known is the town
  draft.town = token;
  draft.unknown--;
  return true;
}

function settled(drafts: readonly Draft[]): FoundPlace[] {
  const found = drafts.flatMap((draft) => settle(draft) ?? []);
  const countries = found.filter(
    (place) => place.country !== null && place.city === null && place.region === null,
  ).length;
  // "Armenia, Bulgaria, Georgia": a list of countries has no state in it
  return found.map((place) =>
    place === OPEN_GEORGIA && countries >= 2 ? { country: 'GE', region: null, city: null, isKnown: false } : place,
  );
}

const OPEN_GEORGIA: FoundPlace = { country: null, region: null, city: null, isKnown: false };

function settle(draft: Draft): FoundPlace | undefined {
  if (draft.open !== null) return settleOpen(draft.open);
  const { areas } = draft;
  const town = draft.town === null ? null : knownPart(draft.town, areas);
  if (town === null) return areas === null ? undefined : settleArea(areas, draft);
  if (areas === null) return town.cities.length === 0 ? undefined : settleTown(town.text, town.cities);
  const listed = areas.filter((area) => town.cities.some((city) => fits(area, city)));
  const [area] = listed.length > 0 ? listed : usual(areas, draft);
  if (area === undefined)
    return town.cities.length > 0
      ? { country: null, region: null, city: cityName(town.text), isKnown: true }
      : undefined;
  const regions = new Set(town.cities.filter((city) => fits(area, city)).map((city) => city.region));
  const [region] = regions.size === 1 ? regions : [null];
  const isCertain = town.cities.length > 0 || draft.unknown < 2 || byState(area) || !draft.isAreaFirst;
  return {
    country: area.country,
    region: area.region ?? region ?? null,
    city: isCertain ? cityName(town.text) : null,
    isKnown: town.cities.length > 0,
  };
}

/** "MarketStar Bangalore" is Bangalore; "Lake Zurich, Illinois" is not Zurich. */
function knownPart(town: Town, areas: readonly Area[] | null): Town {
  const { tail } = town;
  if (tail === null || town.cities.length > 0) return town;
  const isCompound = COMPOUND.test(town.text) && town.text.endsWith(tail.text);
  if (areas === null) return isCompound || !isOnly(tail) ? town : tail;
  const isThere = tail.cities.some((city) => areas.some((area) => fits(area, city)));
  return isThere && !isCompound ? tail : town;
}

/** "New York" alone is the town, "Washington" alone only the country: the state or the capital. */
function settleOpen({ text, cities, areas }: Token): FoundPlace {
  const town = settleTown(text, cities);
  if (town.country !== null) return town;
  const countries = new Set([...cities, ...areas].map(({ country }) => country));
  const [common] = countries.size === 1 ? commonOf({ areas, cities }) : [];
  return { country: common?.country ?? null, region: common?.region ?? null, city: null, isKnown: false };
}

/** A town by its name alone. */
function settleTown(text: string, cities: readonly City[]): FoundPlace {
  const sure = cities.filter((city) => city.isSure);
  const [city] = sure;
  const name = cityName(text);
  if (city === undefined || sure.length > 1) return { country: null, region: null, city: name, isKnown: true };
  return { country: city.country, region: city.region, city: name, isKnown: true };
}

function settleArea(areas: readonly Area[], draft: Draft): FoundPlace | undefined {
  const [area, ...others] = areas;
  if (area === undefined) return undefined;
  if (others.length === 0) return { ...area, city: null, isKnown: false };
  if (areas.some(({ country }) => country === 'GE')) return OPEN_GEORGIA;
  const [chosen] = usual(areas, { ...draft, isAreaFirst: true });
  return chosen === undefined ? undefined : { ...chosen, city: null, isKnown: false };
}

/** Which of several meanings of a code is meant where no known town says it. */
function usual(areas: readonly Area[], { isAreaFirst, town }: Pick<Draft, 'isAreaFirst' | 'town'>): readonly Area[] {
  if (areas.length === 1) return areas;
  const state = areas.find(({ country, region }) => country === 'US' && region !== null);
  if (state === undefined || areas.some(({ country }) => country === 'GE')) return [];
  const undecided = isAreaFirst ? UNDECIDED_BEFORE : UNDECIDED_BEHIND;
  const isForeign = town !== null && /[^\p{ASCII}]/u.test(town.text);
  return undecided.has(state.region ?? '') || isForeign ? [] : [state];
}

function fits(area: Area, city: City): boolean {
  return area.country === city.country && (area.region === null || city.region === null || area.region === city.region);
}

function fitsArea(a: Area, b: Area): boolean {
  return a.country === b.country && (a.region === null || b.region === null || a.region === b.region);
}

function byState({ country }: Area): boolean {
  return country === 'US' || country === 'CA' || country === 'AU';
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function unique(areas: readonly Area[]): Area[] {
  return areas.filter((a, n) => areas.findIndex((b) => b.country === a.country && b.region === a.region) === n);
}
