/** Where the work is done, as far as place texts and titles say it. What does not say it stays unknown. */
import type { WorkMode } from '../../posting.ts';

/** Hybrid as a way of working, not as a kind of cloud. */
const HYBRID =
  /\bh[yí]brid[aeo]?s?\b(?!\s+(?:cloud|identit|azure|ad\b|it\b|infra|join|network|architect|deploy|multi|data|active|vehicle|engine|power|electric|app|mobile|app))/i;
/** "Remote" as a way of working: not a trade, not a remote site to work at, not its denial. */
const REMOTE =
  /(?<!\b(?:not|no|non|isn't|nicht|kein|pas)[\s-]+(?:a |fully )?)\bremote(?:ly)?\b(?![\s-]+(?:sens\w+|site|sites|area|location\b(?! -)|access|support|desktop|monitor\w*|control\w*|hands|pilot\w*|operat\w*|patient\w*|cod\w+ (?!engineer)|telemetry|vehicle|underwriting|branch|office administrator|deposit|connectivity|server|service desk|identity (?:proof|verif)\w*|workforce|working (?:solution|technolog)\w*))|\b(?:work(?:ing)? from (?:home|anywhere)|wfh|telecommut\w*|telework\w*|home[\s-]?(?:office|based|working))\b|\b(?:remoto|remota|télétravail|teletrabajo|teletrabalho|thuiswerk\w*|zdaln\w+|homeoffice|distans|hjemmekontor)\b|リモート|在宅/iu;
const ANYWHERE = /^(?:anywhere|worldwide|everywhere|global|telecommuter|home)(?:\s*$|\s*[,(;–-]|\s+in\b)/i;
const VIRTUAL = /(?:^|[\s(-])virtual\)?$|\bvirtual\b(?=[,)])|^virtual \p{Lu}\p{L}+$/iu;
const ONSITE =
  /\b(?:on[\s-]?site|in[\s-]?office|in[\s-]person|office[\s-]?based|présentiel|presencial|vor ort)\b(?![\s-]+(?:support|services?|technician|manager|medical|health|care|nurse|project))/iu;
const OFF_SITE = /\boff[\s-]?site\b/i;

/** Words that tell how one works and not where. */
const MODEL_WORDS =
  /\b(?:fully|100%|partly|partially|partial|flexible|flex|remote(?:ly)?(?: (?:work(?:ers?)?|jobs?|positions?|roles?|opportunit(?:y|ies)|employees?|ok))?|remoto|remota|h[yí]brid[aeo]?|on[\s-]?site|off[\s-]?site|in[\s-]?office|in[\s-]person|office[\s-]?based|distributed|anywhere|work(?:ing)? from (?:home|anywhere)|work from hom|wfh|home[\s-]?(?:office|based|working)|telecommute(?:r)?|telework|virtual|first|friendly|only|optional|eligible|option|télétravail|teletrabajo|thuiswerken|homeoffice|presencial|présentiel|nationwide|preferred|required)\b|100%|リモート勤務|リモート|在宅勤務/giu;
/** Words that stand beside those: no places either. */
const FILL_WORDS =
  /\b(?:[Jj]obs?|[Ww]ork|[Ww]orker|[Pp]osition|[Rr]ole|[Ll]ocations?|[Ss]elect|[Aa]ll|[Aa]ny|[Cc]ity|[Ee]mployees?|[Bb]ased|[Ww]ithin|in|from|[Tt]he|[Oo]pen|to|but|days?|a|per|week)\b/g;

/** @param texts place texts of one posting, or its title */
export function workModeOf(texts: readonly string[]): WorkMode {
  const plain = texts.map((text) => text.replaceAll('_', ' ').trim());
  if (plain.some((text) => HYBRID.test(text))) return 'hybrid';
  if (plain.some(isRemote)) return 'remote';
  return plain.some((text) => ONSITE.test(text)) ? 'onsite' : 'unknown';
}

/** A title names its way of working at an end or between marks; its other words are the trade. */
export function workModeOfTitle(title: string): WorkMode {
  if (HYBRID.test(title)) return 'hybrid';
  // the Home Office is a ministry
  if (REMOTE.test(title.replace(/\bhome office\b/gi, ' '))) return 'remote';
  return ONSITE.test(title) ? 'onsite' : 'unknown';
}

/** True for one text that names remote work; a text can name it beside a place of work. */
export function isRemote(text: string): boolean {
  return REMOTE.test(text) || ANYWHERE.test(text) || VIRTUAL.test(text);
}

/** The text without the words of work models; empty when it was nothing else ("Hybrid", "Fully remote", "Distributed"). */
export function withoutWorkModel(place: string): string {
  const text = place.replaceAll('_', ' ');
  const bare = text.replace(OFF_SITE, ' ').replace(MODEL_WORDS, ' ');
  if (bare === text) return place;
  return trimMarks(
    /\p{Lu}/u.test(bare.replace(FILL_WORDS, '')) || /\p{L}/u.test(bare.replace(FILL_WORDS, '')) ? bare : '',
  );
}

/** True for a text that says how one works and no place at all. */
export function isWorkModel(place: string): boolean {
  return place.trim() !== '' && withoutWorkModel(place) === '';
}

function trimMarks(text: string): string {
  return text
    .replace(/\(\s*\)|\[\s*\]/g, ' ')
    .replace(/^[\s,;:–—/|&-]+|[\s,;:–—/|&-]+$/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
