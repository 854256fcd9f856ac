/**
 * Made-up adverts of some 6 KB of HTML, as employers' systems give them: headings, lists, entities, inline styles, links, pay,
 * places, benefits and the usual closing words. One in fifty is an IAM advert: of 650,000
 * titles of real boards one in 900 said so plainly and one in 180 had any word of identity or access.
 */
import type { SourcePosting } from '../../worker/posting.ts';
import { createRandom } from '../kit/random.ts';

const HTML_CHARACTERS = 6000;
const IAM_EVERY = 50;

const TITLES = [
  'Warehouse Team Lead',
  'Senior Backend Engineer',
  'Registered Nurse',
  'Account Executive',
  'Data Analyst',
];
const IAM_TITLES = ['Senior IAM Engineer', 'Platform Engineer', 'PAM Administrator', 'Identity Governance Analyst'];
const DUTIES = [
  'Plan the week with the team and keep the promise made to our customers',
  'Design, build and run services that thousands of people rely on every day',
  'Write clear documentation and share what you have learnt with colleagues',
  'Work with product, design &amp; support to find out what is really needed',
  'Keep records accurate, complete and up to date in our internal systems',
  'Review the work of others kindly and ask for review of your own',
  'Use Python, TypeScript, PostgreSQL, Kafka, Terraform and Kubernetes on AWS',
  'Take part in an on-call rotation of one week in six, with time off afterwards',
  'Improve safety, quality and cost together with the site&rsquo;s manager',
  'Handle incoming goods, operate pallet jacks and report damaged parts',
  'Answer questions by phone and e-mail and keep access to records restricted',
  'Prepare monthly reports for management and present the results',
];
const IAM_DUTIES = [
  'Own our Okta tenant: single sign-on with SAML and OIDC, lifecycle policies and MFA',
  'Run quarterly access reviews in SailPoint and remediate segregation of duties conflicts',
  'Vault and rotate privileged accounts in CyberArk and record sessions',
  'Automate joiner, mover and leaver events from Workday over SCIM',
  'Harden Active Directory and Entra ID, Conditional Access and Kerberos delegation',
];
const QUALIFICATIONS = [
  'Bachelor&#39;s degree or equivalent experience',
  'Three or more years of experience in a comparable position',
  'Strong written and spoken English; French is a plus',
  'Ability to lift 20 kg and to stand for longer periods',
  'Familiarity with agile methods, ticketing tools and version control',
  'Good judgement, a calm manner and a sense of humour',
];
const PERKS = [
  'Medical, dental and vision insurance from the first day',
  '401(k) with a match of up to 4%, life insurance and paid parental leave',
  'Up to 25 days of paid time off and a day for volunteering',
  'Work from anywhere for up to four weeks a year',
  'Single sign-on to all tools, a modern laptop and an allowance for your home office',
];
const CLOSING =
  'We are an equal opportunity employer. All qualified applicants will receive consideration without regard to race, color, religion, sex, sexual orientation, gender identity, national origin, disability or veteran status.';
const PLACES = ['Austin, TX', 'Remote - US', 'London, United Kingdom', 'Berlin, Germany', 'New York, NY; Boston, MA'];

/** @returns the same adverts for the same seed */
export function makeAdverts(seed: number, count: number): SourcePosting[] {
  const random = createRandom(seed);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? '';
  return Array.from({ length: count }, (_, i) => {
    const isIam = i % IAM_EVERY === 0;
    return posting(String(i), pick(isIam ? IAM_TITLES : TITLES), pick(PLACES), html(pick, isIam));
  });
}

function html(pick: (list: readonly string[]) => string, isIam: boolean): string {
  const list = (items: readonly string[], count: number) =>
    `<ul>${Array.from({ length: count }, () => `<li style="font-weight: 400;"><span>${pick(items)}.</span></li>`).join('\n')}</ul>`;
  const duties = isIam ? [...IAM_DUTIES, ...DUTIES.slice(0, 4)] : DUTIES;
  const parts = [
    `<h2><strong>About us</strong></h2><p>Example Works has ${pick(['400', '2,000', '12,000'])} colleagues&nbsp;in nine countries. ${pick(DUTIES)}.</p>`,
    `<h2><strong>What you will do</strong></h2>${list(duties, 9)}`,
    `<h2><strong>What you bring</strong></h2>${list(QUALIFICATIONS, 6)}`,
    `<p>The salary range is $${pick(['95,000', '120,000'])} &ndash; $${pick(['140,000', '165,000'])} per year. This role is hybrid with ${pick(['two', 'three'])} days a week in the office.</p>`,
    `<h2><strong>What we offer</strong></h2>${list(PERKS, 5)}`,
    `<p><a href="https://example.com/jobs?ref=board" target="_blank">Apply here</a></p><p>${CLOSING}</p>`,
  ];
  let text = parts.join('\n');
  while (text.length < HTML_CHARACTERS)
    text += `<div><p class="p1">${pick(duties)}. ${pick(QUALIFICATIONS)}.</p></div>\n`;
  return text;
}

function posting(nativeId: string, title: string, place: string, content: string): SourcePosting {
  const url = `https://boards.example.com/acme/jobs/${nativeId}`;
  return {
    nativeId,
    url,
    applyUrls: [url],
    title,
    company: 'Example Works',
    places: place.split('; '),
    country: null,
    workMode: 'unknown',
    employment: ['Full-time'],
    pay: null,
    statedAt: new Date(0),
    html: content,
    plain: null,
    textIsCut: false,
  };
}
