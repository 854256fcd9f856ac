/** What the original system made of adverts: words inside words, titles thrown away, openings merged that were two. */
import { describe, expect, test } from 'vitest';
import { registry } from '../../shared/metrics/registry.ts';
import { normalise } from '../../worker/steps/normalise/normalise.ts';
import { parsePlaces } from '../../worker/steps/place/parse-places.ts';
import { score } from '../../worker/steps/score/score.ts';
import { testDatabase } from '../db.ts';
import { merge, openings, put, TEXT } from '../merge/kit.ts';
import { samplesOf } from '../metrics/page.ts';

const IAM = `You run Okta, SailPoint and CyberArk: single sign-on, MFA, access reviews, joiner-mover-leaver, SAML, SCIM and
privileged access management for our workforce identity and access management programme.`;

describe('an acronym inside another word', () => {
  test.each([
    [
      'Warehouse Associate',
      `Great tips for our team. You will pack, ship and scan parcels, lift 20 kg and follow safety laws. Contact Mr. Williams.
      No spam. Diamond Logistics is a social place: we organise clubs and trips, and our associates love it.`,
    ],
    [
      'Dental Assistant',
      `Dr. Williams needs an assistant. You know the laws on hygiene, prepare instruments and give patients tips. Part of a
      social team at Diamond Dental in the Sunnyvale office; parking provided; no phone spam please.`,
    ],
    [
      'Social Media Associate',
      `Plan posts, write captions, fight spam, give tips to our brands and read the laws on advertising. Associates report to
      Ms. Williams. You love social platforms and Diamond awards.`,
    ],
    [
      'Barista',
      'Make coffee, share tips with the team, greet guests, keep the machine clean. Williams Street. Social shifts.',
    ],
    ['Spam Filter Analyst at Diamond Social', 'Tips, laws, Williams, associates, societies, reviews and flaws.'],
    ['Siam Restaurant Manager', 'Our Miami team cooks Siamese food. Caviar, Adriatic fish, passover menus.'],
  ])('makes no IAM work of "%s"', (title, text) => {
    const { relevant, points, parts } = score({ title, text, company: 'Williams Diamond Associates' });
    expect([relevant, points], JSON.stringify(parts)).toEqual([false, 0]);
  });
});

describe('a title with a word that looks like a rank', () => {
  // "director" threw away Directory, "cto" threw away Doctor, "head", "lead" and "staff" whatever holds them.
  test.each([
    'Directory Services Engineer',
    'Active Directory Engineer',
    'Active Directory & Entra ID Engineer',
    'Directory Services Administrator',
    'Staff Identity Engineer',
    'Lead IAM Engineer',
    'Identity Platform Engineer (Headquarters)',
  ])('keeps "%s"', (title) => {
    expect(score({ title, text: IAM, company: 'Acme' }).relevant).toBe(true);
  });

  // Level is a filter of the user, never of what is stored.
  test.each([
    'IAM Architect (CyberArk)',
    'Principal IAM Engineer',
    'Senior Manager, Identity and Access Management',
    'Director of Identity & Access Management',
    'VP, Identity Governance',
    'Head of IAM',
    'Junior IAM Analyst',
    'IAM Intern',
  ])('keeps every level: "%s"', (title) => {
    const { relevant, parts } = score({ title, text: IAM, company: 'Acme' });
    expect(relevant).toBe(true);
    expect(parts.filter(({ points }) => points < 0)).toEqual([]);
  });
});

test('the reasons of a score are kept with it and add up to it', () => {
  const { points, parts, relevant } = score({ title: 'IAM Engineer', text: IAM, company: 'Acme' });
  expect(relevant).toBe(true);
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.reduce((sum, part) => sum + part.points, 0)).toBe(points);
  for (const { phrase, label } of parts) expect([phrase, label]).not.toContain('');
});

describe('a place name that has another one inside', () => {
  const read = (place: string) =>
    parsePlaces({
      places: [place],
      country: null,
      workMode: 'unknown',
      title: 'IAM Engineer',
      text: '',
      source: 'greenhouse',
    }).places;

  // "la", "chi", "ny" and their like were replaced inside words: "atlos angelesnta", "chicagocago", "sunnew yorkvale".
  test.each([
    ['Atlanta, GA', 'Atlanta', 'GA', 'US'],
    ['Chicago, IL', 'Chicago', 'IL', 'US'],
    ['Sunnyvale, CA', 'Sunnyvale', 'CA', 'US'],
    ['Dallas, TX', 'Dallas', 'TX', 'US'],
    ['Orlando, FL', 'Orlando', 'FL', 'US'],
    ['Philadelphia, PA', 'Philadelphia', 'PA', 'US'],
    ['Albany, NY', 'Albany', 'NY', 'US'],
    ['Los Angeles, CA', 'Los Angeles', 'CA', 'US'],
    ['New York, NY', 'New York', 'NY', 'US'],
    ['San Francisco, CA', 'San Francisco', 'CA', 'US'],
    ['Washington, DC', 'Washington', 'DC', 'US'],
  ])('%s stays %s', (text, city, region, country) => {
    expect(read(text)).toEqual([expect.objectContaining({ city, region, country, text })]);
  });

  test.each(['Atlanta', 'Chicago', 'Sunnyvale', 'Milan, Italy', 'Nyköping', 'Laramie', 'Chiang Mai'])(
    'the words of "%s" are shown as they came',
    (place) => {
      const posting = normalise(
        {
          nativeId: '1',
          url: 'https://jobs.example/1',
          applyUrls: [],
          title: 'IAM Engineer',
          company: 'Acme',
          places: [place],
          country: null,
          workMode: 'unknown',
          employment: [],
          pay: null,
          statedAt: null,
          html: null,
          plain: IAM,
          textIsCut: false,
        },
        'greenhouse',
      );
      expect(posting.places).toEqual([place]);
      expect(JSON.stringify(posting.understood?.places)).not.toMatch(/losangeles|los angelesn|cagocago|new yorkv/i);
    },
  );
});

describe('two adverts of one week', () => {
  const base = {
    source: 'lever',
    board: 'acme',
    nativeId: 'a',
    company: 'Acme',
    title: 'IAM Engineer',
    places: ['Austin, TX'],
  } as const;
  const other = { ...base, source: 'greenhouse', nativeId: 'b' } as const;

  test.each([
    ['another level', { title: 'IAM Engineer I' }, { title: 'IAM Engineer III' }],
    ['another city', { places: ['Austin, TX'] }, { places: ['Boston, MA'] }],
    ['another trade', { title: 'PAM Engineer' }, { title: 'IAM Engineer' }],
    ['another bank', { company: 'First National Bank' }, { company: 'First Regional Bank' }],
  ])('stay two openings with %s', async (_what, left, right) => {
    const { db } = await testDatabase();
    await put(db, { ...base, ...left }, { ...other, ...right });
    await merge(db);
    expect(await openings(db)).toEqual([['a'], ['b']]);
  });

  test('become one with both links and both sources, and the better text is the one that is shown', async () => {
    const { db } = await testDatabase();
    const cut = `${TEXT.slice(0, 200)}…`;
    await put(
      db,
      {
        ...base,
        source: 'adzuna',
        board: '*',
        text: cut,
        html: `<p>${cut}</p>`,
        textIsCut: true,
        url: 'https://adzuna.example/1',
      },
      { ...other, url: 'https://boards.example/acme/2' },
    );
    await merge(db);
    expect(await openings(db)).toEqual([['a', 'b']]);
    const { rows } = await db.pool.query(
      `select sources, (select array_agg(url order by url) from posting p where p.job_id = j.id) as urls from job j`,
    );
    expect(rows).toHaveLength(1);
    expect([...rows[0].sources].sort()).toEqual(['adzuna', 'greenhouse']);
    expect(rows[0].urls).toEqual(['https://adzuna.example/1', 'https://boards.example/acme/2']);
  });

  test('of one company under its short and its full name become one', async () => {
    const { db } = await testDatabase();
    await put(db, { ...base, company: 'Deloitte' }, { ...other, company: 'Deloitte Consulting LLP' });
    await merge(db);
    expect(await openings(db)).toEqual([['a', 'b']]);
  });
});

/** Statements of this process so far. */
async function statements(): Promise<number> {
  const samples = samplesOf(await registry.metrics());
  return samples.filter(({ name }) => name === 'db_operations_total').reduce((sum, { value }) => sum + value, 0);
}

test('finding what is the same opening costs a bounded number of statements, however many there are', async () => {
  const cost = async (count: number) => {
    const { db } = await testDatabase();
    const adverts = Array.from({ length: count }, (_, i) => ({
      source: 'greenhouse' as const,
      board: `b${i % 10}`,
      nativeId: `n${i}`,
      company: `Company ${i}`,
      title: `IAM Engineer ${i}`,
      text: `${TEXT} Team ${i}.`,
    }));
    await put(db, ...adverts);
    const before = await statements();
    await merge(db);
    const after = await statements();
    expect(await openings(db)).toHaveLength(count);
    return after - before;
  };
  const [few, many] = [await cost(50), await cost(400)];
  expect(few).toBeGreaterThan(0);
  // Eight times as many: a comparison of each with each would be sixty-four times as much.
  expect(many).toBeLessThanOrEqual(few * 10);
});
