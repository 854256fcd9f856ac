/** The employer's own number of an opening, as adverts write it. */
import { plain } from './tokens.ts';

const LABEL =
  /\b(?:requisition|req|job\s?req|job\s(?:requisition|id|ref(?:erence)?|number|no|code|posting id)|vacancy\s(?:id|ref(?:erence)?|number|no)|posting\s(?:id|number)|position\s(?:id|number)|reference\s(?:number|no|code|id)|kennziffer|referenz(?:nummer|code)?|stellen-?(?:id|nummer)|job-?id|ausschreibungsnummer|reference de l'offre|ref(?:erence)?\.? (?:offre|annonce)|vacaturenummer|numero de (?:oferta|referencia)|codigo de (?:oferta|vacante)|announcement number)(?:\s(?:id|no|nr|number|code|#))?\.?\s*[:#=-]?\s*#?\s*([a-z]{0,8}[-_/]?\d[\w/-]{2,20})/g;
/** Forms that are requisitions wherever they stand: "JR-0012345", "R-123456", "REQ-1001", "REQ1001". */
const FORM = /\b(?:jr|req|requisition)[-_# ]?\d{3,9}(?:-\d{1,3})?\b|\br-?\d{5,9}\b/g;
const TEXT_MAX = 40_000;
const FOUND_MAX = 8;

/** @returns sorted; a year or a date is none */
export function requisitionsOf(title: string, text: string): string[] {
  const found = new Set<string>();
  const body = plain(text.length > TEXT_MAX ? text.slice(0, TEXT_MAX) : text);
  for (const match of plain(title).matchAll(FORM)) found.add(normal(match[0]));
  if (/\d{3}/.test(body)) {
    for (const match of body.matchAll(LABEL)) found.add(normal(match[1] ?? ''));
  }
  return [...found].filter(isGood).slice(0, FOUND_MAX).sort();
}

/** What a source states in a field of its own. "greenhouse:8000001" is the system's own number and not the employer's. */
export function statedRequisition(value: string): string | undefined {
  if (/^[a-z]+:\d+$/.test(value)) return value;
  const id = normal(plain(value));
  return isGood(id) && id.length <= 24 && !/\s/.test(value.trim()) ? id : undefined;
}

/** "REQ-1001", "req 1001" and "1001" are one number; leading noughts and a suffix for the place do not count. */
function normal(text: string): string {
  const bare = text.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return bare.replace(/^(?:jr|req|r|requisition|job|id|ref)-?(?=\d)/, '').replace(/^0+(?=\d)/, '');
}

function isGood(id: string): boolean {
  return /\d{3}/.test(id.replaceAll('-', '')) && !/^(?:19|20)\d\d(?:-\d\d?){0,2}$/.test(id) && !/^0*$/.test(id);
}

/** Numbers of the employer; those of a system are a proof where they are equal and none where they differ. */
export const employersOwn = (ids: readonly string[]): string[] => ids.filter((id) => !id.includes(':'));
