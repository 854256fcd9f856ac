/**
 * Boards in the true form of Greenhouse, as their server sends them: adverts of 6 KB of HTML, one in five of them IAM work, which
 * is more than any board has. Fixed seed, so that every arm and every run reads the same bytes.
 */
import { createRandom } from '../kit/random.ts';

/** Of a board, when nothing else is asked for. */
export const POSTINGS = 100;
const CONTENT_BYTES = 6 * 1024;
/** Of the postings that a round leaves on a board, so many in a hundred changed; as many are gone and as many are new. */
const TOUCHED = 0.05;
const IAM_EVERY = 5;

interface Row {
  readonly id: number;
  readonly internal_job_id: number;
  readonly title: string;
  readonly absolute_url: string;
  readonly company_name: string;
  readonly first_published: string;
  readonly updated_at: string;
  readonly location: { readonly name: string };
  readonly content: string;
}

export interface Boards {
  /** The answer of one board at this moment. */
  page(token: string): Buffer;
  /** What the next scan finds: ten in a hundred postings of each board are new or changed. */
  change(): void;
}

/** @param seed also the range of the ids: boards of another seed have others */
export function createBoards(tokens: readonly string[], seed: number, postings = POSTINGS): Boards {
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let nextId = seed * 10_000_000;
  let edits = 0;
  const advert = (token: string, id = ++nextId): Row => {
    const isIam = id % IAM_EVERY === 0;
    return {
      id,
      internal_job_id: id + 1,
      title: `${pick(LEVELS)} ${pick(isIam ? IAM_TITLES : TITLES)}`.trim(),
      absolute_url: `https://boards.greenhouse.io/${token}/jobs/${id}`,
      company_name: token,
      first_published: new Date(Date.UTC(2026, 5, 1) + (id % 9_000_000) * 1000).toISOString(),
      updated_at: new Date(Date.UTC(2026, 9, 1) + ++edits * 1000).toISOString(),
      location: { name: pick(PLACES) },
      content: escapeOnce(html(isIam, pick, random)),
    };
  };
  const boards = new Map(tokens.map((token) => [token, Array.from({ length: postings }, () => advert(token))]));
  let pages = new Map<string, Buffer>();
  return {
    page(token) {
      const known = pages.get(token);
      if (known !== undefined) return known;
      const jobs = boards.get(token);
      if (jobs === undefined) throw new Error(`there is no board ${token}`);
      const page = Buffer.from(JSON.stringify({ jobs, meta: { total: jobs.length } }));
      pages.set(token, page);
      return page;
    },
    change() {
      pages = new Map();
      for (const [token, rows] of boards) {
        const few = Math.round(postings * TOUCHED);
        const kept = rows.slice(few);
        for (let i = 0; i < few; i++) {
          const at = Math.floor((i * kept.length) / few);
          const { id, title } = kept[at] as Row;
          kept[at] = { ...advert(token, id), title };
        }
        boards.set(token, [...kept, ...Array.from({ length: few }, () => advert(token))]);
      }
    },
  };
}

function html(isIam: boolean, pick: <T>(list: readonly T[]) => T, random: () => number): string {
  let text = `<div class="content-intro"><p><strong>About us</strong></p><p>${pick(ABOUT)}</p></div><h3>What you will do</h3>`;
  const sentences = isIam ? [...IAM_SENTENCES, ...SENTENCES] : SENTENCES;
  while (text.length < CONTENT_BYTES) {
    const words = Array.from({ length: 6 }, () => pick(WORDS)).join(' ');
    if (random() < 0.5) text += `<p>${pick(sentences)} &amp; ${words}, ${pick(sentences)}</p>`;
    else text += `<ul><li><span style="font-weight: 400;">${pick(sentences)}</span></li><li>${words}</li></ul>`;
  }
  return text;
}

/** Greenhouse sends its HTML escaped once more. */
function escapeOnce(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const LEVELS = ['', 'Senior', 'Staff', 'Lead', 'Principal'];
const IAM_TITLES = [
  'IAM Engineer',
  'Identity and Access Management Architect',
  'Okta Administrator',
  'Privileged Access Engineer (CyberArk)',
  'SailPoint Developer',
];
const TITLES = [
  'Account Executive',
  'Backend Engineer',
  'Product Designer',
  'Data Analyst',
  'Warehouse Associate',
  'Financial Controller',
  'Site Reliability Engineer',
  'Customer Support Specialist',
];
const PLACES = ['Berlin, Germany', 'Remote - US', 'London, United Kingdom', 'Austin, TX', 'Hybrid', 'Paris; Lyon'];
const ABOUT = [
  'We build tools that small shops use to sell what they make, and we have done so since 2011.',
  'Our platform moves goods for nine thousand factories in forty countries, quietly and on time.',
  'We are an equal opportunity employer: age, religion, gender identity and disability play no part here.',
];
const SENTENCES = [
  'Own a part of the product from the first sketch to the last support ticket.',
  'Work with design, sales and the people who answer the phone.',
  'The base salary range for this role is $120,000 - $150,000, depending on experience and place.',
  'You have five or more years of experience and write in plain words.',
  'We offer 30 days of vacation, a pension plan, and a budget for learning.',
  'Experience with AWS, Kubernetes, Terraform and PostgreSQL is welcome.',
  'This position is hybrid with two days a week in the office.',
  'Plan capacity, keep costs in view and explain both to people who do neither.',
];
const IAM_SENTENCES = [
  'Run single sign-on with Okta and Entra ID for eight thousand people: SAML, OIDC and SCIM provisioning.',
  'Automate joiner, mover and leaver processes in SailPoint and prepare access certifications.',
  'Protect privileged accounts with CyberArk: vaulting, rotation and session recording.',
  'Bring role-based access control and least privilege to applications that have neither.',
];
const WORDS =
  'team customer system process report review quarter market data design plan release quality partner region growth support training budget tool service order change project goal result office leader member supply contract'.split(
    ' ',
  );
