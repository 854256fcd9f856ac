/** What a title alone lets one hope for, where reading the text costs a request of its own. */
import { score } from './score.ts';

/**
 * Titles that say nothing of identity and behind which the work often is: security in general, directories, sign-in, and the
 * plain titles of large employers. Whole words in the languages of the boards that are read.
 */
const HINT = new RegExp(
  `(?<!\\p{L})(?:${[
    '(?:it[ -]?|info)?s[eé]curit\\p{L}*|infosec|cyber\\p{L}*|(?:\\p{L}*)sicherheit\\p{L}*',
    'seguridad|segurança|sicurezza|beveiliging\\p{L}*|säkerhet\\p{L}*|bezpiecze\\p{L}*',
    'identit\\p{L}*|access|acc[eè]s|accesos?|acessos?|accessi|toegang\\p{L}*|zugriff\\p{L}*|berechtigung\\p{L}*|dostęp\\p{L}*',
    'trust|authent\\p{L}*|authori[sz]\\p{L}*|credentials?|secrets|certificates?|pki|privilege[ds]?|sso|sign[ -]?on|log[ -]?in',
    'director(?:y|ies)|entra|azure|m365|office 365|grc|it compliance|it audit\\p{L}*|zero',
    'systems? (?:analyst|engineer|administrator|integrator)|it (?:specialist|engineer|architect|administrator|consultant)',
    'systemadministrator\\p{L}*|infrastructure (?:engineer|architect)|platform engineer|onboarding',
  ].join('|')})(?!\\p{L})`,
  'iu',
);

/**
 * @returns the points of the title, 0 for one that only gives a hint, or undefined for one behind which there is no IAM work;
 * more points promise more
 */
export function promiseOf(title: string, company: string | null): number | undefined {
  const { points } = score({ title, text: '', company });
  if (points > 0) return points;
  return points === 0 && HINT.test(title) ? 0 : undefined;
}
