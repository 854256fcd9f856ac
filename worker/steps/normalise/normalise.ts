/** From what a source states to what can be scored, shown and stored. Pure: the same input gives the same posting for ever. */
import type { Posting, SourcePosting } from '../../posting.ts';
import { countryOf, countryOfField } from './country.ts';
import { mapEmployment } from './employment.ts';
import { sanitise } from './html.ts';
import { htmlToLines, INPUT_MAX, linesToHtml, tidyLine, tidyLines } from './text.ts';
import { isWorkModel, workModeOf } from './work-mode.ts';

/**
 * Fields of the source win over what texts say; what neither says stays unknown or null.
 * @param _source whose habits the texts follow
 */
export function normalise(sp: SourcePosting, _source: string): Posting {
  const stated = sp.places.map(tidyLine).filter((place) => place !== '');
  return {
    nativeId: sp.nativeId,
    url: sp.url,
    applyUrls: [...new Set(sp.applyUrls)],
    title: tidyLine(sp.title),
    company: tidyLine(sp.company ?? '') || null,
    places: tidyPlaces(stated),
    country: countryOfField(sp.country) ?? countryOf(stated),
    workMode: sp.workMode === 'unknown' ? workModeOf(stated) : sp.workMode,
    employment: mapEmployment(sp.employment),
    pay: sp.pay,
    statedAt: sp.statedAt,
    textIsCut: sp.textIsCut,
    ...description(sp),
  };
}

function description(sp: SourcePosting): { html: string; text: string } {
  if (sp.html !== null) {
    const html = sanitise(sp.html);
    return { html, text: htmlToLines(html) };
  }
  const text = tidyLines((sp.plain ?? '').slice(0, INPUT_MAX));
  return { html: linesToHtml(text), text };
}

/** Places only: a work model is no place, and a source that cut the text left a comma behind. */
function tidyPlaces(stated: readonly string[]): string[] {
  const places = stated.filter((place) => !isWorkModel(place)).map((place) => place.replace(/[\s,;]+$/, ''));
  return [...new Set(places)].filter((place) => place !== '');
}
