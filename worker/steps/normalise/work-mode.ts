/** Where the work is done, as far as place texts say it. A text that does not say it stays unknown. */
import type { WorkMode } from '../../posting.ts';

const HYBRID = /\bhybrid\b/i;
/** "Remote" as a way of working: not a remote place to work at, not a trade, not its denial. */
const REMOTE =
  /(?<!\b(?:not|no|non|isn't)[\s-]+)\bremote\b(?![\s-]+(?:sensing|site|area|location))|\b(?:work from home|wfh|telecommute|telework|home[\s-]?(?:office|based))\b/i;
const ANYWHERE = /^(?:anywhere|worldwide|everywhere)\b/i;
const ONSITE = /\b(?:on[\s-]?site|in[\s-]?office|in[\s-]person|office[\s-]?based)\b/i;

/** Words that tell how one works and not where. */
const MODEL_WORDS =
  /\b(?:fully|100%|partly|partially|flexible|remote(?:ly)?|hybrid|on[\s-]?site|in[\s-]?office|in[\s-]person|office[\s-]?based|distributed|anywhere|work(?:ing)? from home|wfh|home[\s-]?(?:office|based)|telecommute|telework|virtual|job|work|position|role|first|friendly|only|ok|optional)\b|100%/gi;

/** @param places place texts of one posting */
export function workModeOf(places: readonly string[]): WorkMode {
  const texts = places.map((text) => text.replaceAll('_', ' ').trim());
  if (texts.some((text) => HYBRID.test(text))) return 'hybrid';
  if (texts.some((text) => REMOTE.test(text) || ANYWHERE.test(text))) return 'remote';
  return texts.some((text) => ONSITE.test(text)) ? 'onsite' : 'unknown';
}

/** The text without the words of work models; empty when it was nothing else ("Hybrid", "Fully remote", "Distributed"). */
export function withoutWorkModel(place: string): string {
  return place
    .replaceAll('_', ' ')
    .replace(MODEL_WORDS, ' ')
    .replace(/\(\s*\)|\[\s*\]/g, ' ')
    .replace(/^[\s,;:–—/|-]+|[\s,;:–—/|-]+$/g, '')
    .replace(/\s+/g, ' ');
}

/** True for a text that says how one works and no place at all. */
export function isWorkModel(place: string): boolean {
  return place.trim() !== '' && withoutWorkModel(place) === '';
}
