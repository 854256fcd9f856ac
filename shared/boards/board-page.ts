/** Where people see a board. */
import type { SourceName } from '../sources.ts';
import type { KnownBoard } from './board-of-url.ts';

type Page = (token: string, region: string) => string;

const PAGES: Readonly<Partial<Record<SourceName, Page>>> = {
  greenhouse: (token) => `https://job-boards.greenhouse.io/${token}`,
  lever: (token, region) => `https://jobs.${region === 'eu' ? 'eu.' : ''}lever.co/${token}`,
  ashby: (token) => `https://jobs.ashbyhq.com/${token}`,
  smartrecruiters: (token) => `https://careers.smartrecruiters.com/${token}`,
  workable: (token) => `https://apply.workable.com/${token}/`,
  recruitee: (token) => `https://${token}.recruitee.com/`,
  personio: (token, region) => `https://${token}.jobs.personio.${region === 'com' ? 'com' : 'de'}/`,
  teamtailor: (token) => `https://${token}.teamtailor.com/jobs`,
  bamboohr: (token) => `https://${token}.bamboohr.com/careers`,
};

/** The page for people, or null for a source that has none of its own for each board. */
export function boardPage({ source, token, region }: KnownBoard): string | null {
  if (source === 'jsonld') return URL.parse(`https://${token.replace(/^https:\/\//i, '')}`)?.href ?? null;
  return PAGES[source]?.(encodeURIComponent(token), region) ?? null;
}
