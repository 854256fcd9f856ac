/** What it costs to understand a new posting: CPU by step, as a ratio to parsing the same posting's JSON. */
import type { SourcePosting } from '../worker/posting.ts';
import { employmentInWords, readEmployment } from '../worker/steps/employment/employment.ts';
import { languageOf } from '../worker/steps/language/language.ts';
import { sanitise } from '../worker/steps/normalise/html.ts';
import { normalise, type Words, wordsOf } from '../worker/steps/normalise/normalise.ts';
import { parsePay } from '../worker/steps/pay/parse-pay.ts';
import { parsePlaces } from '../worker/steps/place/parse-places.ts';
import { score } from '../worker/steps/score/score.ts';
import type { Benchmark, Measures, RowSpec, Section } from './kit/harness.ts';
import { makeAdverts } from './understand/adverts.ts';
import { measureMerge } from './understand/merge.ts';

const SEED = 20_261_122;
/** Times that each step goes through all adverts in a round: CPU is counted in ticks of the kernel. */
const PASSES = 2;

interface Advert {
  readonly stated: SourcePosting;
  readonly json: string;
  readonly words: Words;
}

export const benchmark: Benchmark = {
  title: 'Understanding a posting',
  rowsDefault: 1000,
  async run(options, measure) {
    const adverts = makeAdverts(SEED, options.rows).map((stated) => ({
      stated,
      json: JSON.stringify(stated),
      words: wordsOf(stated),
    }));
    const kept = adverts.filter(({ words }) => score(words).relevant);
    const bytes = Math.round(adverts.reduce((sum, { stated }) => sum + (stated.html?.length ?? 0), 0) / adverts.length);
    options.say(`${adverts.length} adverts of ${bytes} characters of HTML, ${kept.length} of them IAM work`);
    await measure(streamSection(adverts));
    await measure(keptSection(kept));
    await measureMerge(options.say, measure);
  },
};

/** As a worker does it: words and score of every posting, all fields and safe HTML of those that are kept. */
function understand({ stated }: Advert): void {
  const words = wordsOf(stated);
  if (score(words).relevant) void normalise(stated, 'greenhouse', words).html;
}

function streamSection(adverts: readonly Advert[]): Section {
  return {
    title: 'New postings, one in fifty of them kept',
    about: ['baseline: JSON.parse of the same postings.'],
    arms: {
      baseline: parsing(adverts),
      ours: async () => ({
        all: cpu(adverts, understand),
        text: cpu(adverts, ({ stated }) => wordsOf(stated)),
        score: cpu(adverts, ({ words }) => score(words)),
      }),
    },
    rows: [
      row('all', 'understand.stream', 'A new posting, all in all', 25, 40),
      row('text', 'understand.stream.text', 'its text from HTML', null, null),
      row('score', 'understand.stream.score', 'its score', null, null),
    ],
  };
}

function keptSection(kept: readonly Advert[]): Section {
  const places = ({ stated, words }: Advert) => parsePlaces({ ...stated, ...words, source: 'greenhouse' });
  return {
    title: 'IAM postings',
    about: ['baseline: JSON.parse of the same postings; HTML is made safe once, when it is stored.'],
    arms: {
      baseline: parsing(kept),
      ours: async () => ({
        text: cpu(kept, ({ stated }) => wordsOf(stated)),
        score: cpu(kept, ({ words }) => score(words)),
        places: cpu(kept, places),
        pay: cpu(kept, ({ words }) =>
          parsePay({ stated: null, title: words.title, text: words.text, country: 'US', source: 'greenhouse' }),
        ),
        rest: cpu(kept, ({ stated, words }) => [
          readEmployment(stated.employment),
          employmentInWords(words.title, words.text),
          languageOf(words.text),
        ]),
        html: cpu(kept, ({ stated }) => sanitise(stated.html ?? '')),
      }),
    },
    rows: [
      row('text', 'understand.kept.text', 'text from HTML', null, null),
      row('score', 'understand.kept.score', 'score with reasons and facts', null, null),
      row('places', 'understand.kept.places', 'places, work mode, eligibility', null, null),
      row('pay', 'understand.kept.pay', 'pay', null, null),
      row('rest', 'understand.kept.rest', 'employment and language', null, null),
      row('html', 'understand.kept.html', 'safe HTML', null, null),
    ],
  };
}

const parsing = (adverts: readonly Advert[]) => async (): Promise<Measures> => {
  // Parsing is short: more passes, so that it is not lost in the kernel's ticks.
  const parse = cpu(adverts, ({ json }) => JSON.parse(json), PASSES * 10);
  return Object.fromEntries(
    ['all', 'text', 'score', 'places', 'pay', 'rest', 'html'].map((measure) => [measure, parse]),
  );
};

function row(measure: string, id: string, title: string, goal: number | null, floor: number | null): RowSpec {
  return { id, title, unit: 'µs CPU', measure, against: 'baseline', better: 'lower', goal, floor };
}

/** Microseconds of own CPU for one advert. */
function cpu(adverts: readonly Advert[], step: (advert: Advert) => unknown, passes = PASSES): number {
  const repeats = passes * Math.max(1, Math.floor(1000 / adverts.length));
  const before = process.cpuUsage();
  for (let pass = 0; pass < repeats; pass++) for (const advert of adverts) step(advert);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (repeats * adverts.length);
}
