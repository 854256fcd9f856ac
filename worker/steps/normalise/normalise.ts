/** From what a source states to what can be scored, shown and stored. Pure: the same input gives the same posting for ever. */
import type { Pay, Posting, SourcePosting, StatedPay, Understood } from '../../posting.ts';
import { employmentInWords, readEmployment } from '../employment/employment.ts';
import { languageOf } from '../language/language.ts';
import { parsePay } from '../pay/parse-pay.ts';
import { parsePlaces } from '../place/parse-places.ts';
import { sanitise } from './html.ts';
import { htmlText } from './html-text.ts';
import { INPUT_MAX, linesToHtml, tidyLine, tidyLines } from './text.ts';
import { isWorkModel } from './work-mode.ts';

/** What an advert says, as it is judged: enough to leave nine postings of ten. */
export interface Words {
  readonly title: string;
  readonly company: string | null;
  /** Plain text of the description. */
  readonly text: string;
}

export function wordsOf(sp: SourcePosting): Words {
  const text = sp.html === null ? tidyLines((sp.plain ?? '').slice(0, INPUT_MAX)) : htmlText(sp.html);
  return { title: tidyLine(sp.title), company: tidyLine(sp.company ?? '') || null, text };
}

/**
 * Fields of the source win over what texts say; what neither says stays unknown or null.
 * The text of HTML is read from it as it came, and its HTML is sanitised beside that: both say the same.
 * @param source whose habits the fields follow (what an unnamed currency is, whether a place is where one may live)
 */
export function normalise(sp: SourcePosting, source: string, words = wordsOf(sp)): Posting {
  const { title, company, text } = words;
  const stated = sp.places.map(tidyLine).filter((place) => place !== '');
  const where = parsePlaces({ places: stated, country: sp.country, workMode: sp.workMode, title, text, source });
  const pay = parsePay({ stated: sp.pay, title, text, country: where.country, source });
  const employment = readEmployment(sp.employment);
  const understood: Understood = {
    pay: pay === null ? null : { yearly: pay.yearly, from: pay.from, flags: pay.flags },
    places: where.places,
    daysOnSite: where.daysOnSite,
    eligibility: where.eligibility,
    evidence: where.evidence,
    conflict: where.conflict,
    language: languageOf(text),
    unknownEmployment: employment.unknown,
  };
  // Made when it is first asked for: what is judged and left is never shown.
  let html: string | undefined;
  return {
    nativeId: sp.nativeId,
    url: sp.url,
    applyUrls: [...new Set(sp.applyUrls)],
    title,
    company,
    places: tidyPlaces(stated),
    country: where.country,
    workMode: where.workMode,
    employment: employment.employment.length > 0 ? employment.employment : employmentInWords(title, text),
    pay: pay === null ? null : figuresOf(pay),
    statedAt: sp.statedAt,
    textIsCut: sp.textIsCut,
    get html() {
      html ??= sp.html === null ? linesToHtml(text) : sanitise(sp.html);
      return html;
    },
    text,
    ...(sp.requisitions === undefined ? {} : { requisitions: sp.requisitions }),
    understood,
  };
}

function figuresOf({ raw, min, max, currency, period, estimated }: Pay): StatedPay {
  return { raw, min, max, currency, period, estimated };
}

/** Places only: a work model is no place, and a source that cut the text left a comma behind. */
function tidyPlaces(stated: readonly string[]): string[] {
  const places = stated.filter((place) => !isWorkModel(place)).map((place) => place.replace(/[\s,;]+$/, ''));
  return [...new Set(places)].filter((place) => place !== '');
}
