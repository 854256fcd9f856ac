/**
 * The usual way, as the baseline: fetch, parse, check, sanitise and score every posting of every read with a pattern for each
 * phrase, and hand all that is IAM work to the ORM. It knows nothing of what it saw before.
 */
import sanitizeHtml from 'sanitize-html';
import type { Agent } from 'undici';
import { z } from 'zod';
import { TAXONOMY } from '../../worker/steps/score/taxonomy.ts';
import type { WideWriter } from '../kit/wide.ts';
import { fetchJson } from './bare.ts';

const Posting = z.looseObject({
  id: z.number(),
  title: z.string(),
  absolute_url: z.string(),
  company_name: z.string(),
  first_published: z.string(),
  updated_at: z.string(),
  location: z.looseObject({ name: z.string() }),
  content: z.string(),
});

/** Two phrases are two different kinds of work, or one and its vendor. */
const ENOUGH = 2;

const PHRASES = TAXONOMY.terms.flatMap((term) => term.phrases).map(patternOf);

export async function readNaively(agent: Agent, url: URL, boardId: number, wide: WideWriter): Promise<number> {
  const { jobs } = (await fetchJson(agent, url)) as { jobs: unknown[] };
  const kept = jobs
    .map((job) => {
      const posting = Posting.parse(job);
      const html = sanitizeHtml(plain(posting.content));
      const text = plain(html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' '));
      const found = PHRASES.filter((phrase) => phrase.test(`${posting.title} ${text}`));
      return { ...posting, id: String(posting.id), content: html, relevant: found.length >= ENOUGH };
    })
    .filter((posting) => posting.relevant);
  await wide.scan(boardId, kept);
  return jobs.length;
}

function plain(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

function patternOf(phrase: string): RegExp {
  const words = phrase.split(' ').map((word) => `(?:${word.replaceAll(/[.+]/g, '\\$&').replaceAll('*', '\\w*')})`);
  return new RegExp(`\\b${words.join('[\\s_-]+')}\\b`, 'i');
}
