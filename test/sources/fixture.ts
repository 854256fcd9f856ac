/** The fixtures of `worker/sources/fixtures/`, by source. The compiler asks for one line for each row of the catalogue. */
import type { SourceName } from '../../shared/sources.ts';
import adzuna from '../../worker/sources/fixtures/adzuna.json' with { type: 'json' };
import arbeitnow from '../../worker/sources/fixtures/arbeitnow.json' with { type: 'json' };
import ashby from '../../worker/sources/fixtures/ashby.json' with { type: 'json' };
import bamboohr from '../../worker/sources/fixtures/bamboohr.json' with { type: 'json' };
import findwork from '../../worker/sources/fixtures/findwork.json' with { type: 'json' };
import greenhouse from '../../worker/sources/fixtures/greenhouse.json' with { type: 'json' };
import hackernews from '../../worker/sources/fixtures/hackernews.json' with { type: 'json' };
import himalayas from '../../worker/sources/fixtures/himalayas.json' with { type: 'json' };
import jobicy from '../../worker/sources/fixtures/jobicy.json' with { type: 'json' };
import jooble from '../../worker/sources/fixtures/jooble.json' with { type: 'json' };
import jsearch from '../../worker/sources/fixtures/jsearch.json' with { type: 'json' };
import jsonld from '../../worker/sources/fixtures/jsonld.json' with { type: 'json' };
import lever from '../../worker/sources/fixtures/lever.json' with { type: 'json' };
import personio from '../../worker/sources/fixtures/personio.json' with { type: 'json' };
import recruitee from '../../worker/sources/fixtures/recruitee.json' with { type: 'json' };
import reed from '../../worker/sources/fixtures/reed.json' with { type: 'json' };
import remoteok from '../../worker/sources/fixtures/remoteok.json' with { type: 'json' };
import remotive from '../../worker/sources/fixtures/remotive.json' with { type: 'json' };
import smartrecruiters from '../../worker/sources/fixtures/smartrecruiters.json' with { type: 'json' };
import teamtailor from '../../worker/sources/fixtures/teamtailor.json' with { type: 'json' };
import themuse from '../../worker/sources/fixtures/themuse.json' with { type: 'json' };
import usajobs from '../../worker/sources/fixtures/usajobs.json' with { type: 'json' };
import workable from '../../worker/sources/fixtures/workable.json' with { type: 'json' };
import workingnomads from '../../worker/sources/fixtures/workingnomads.json' with { type: 'json' };
import type { Board } from '../../worker/sources/source.ts';
import type { Row } from '../internet/speaker.ts';

export interface Fixture {
  readonly board: Board;
  /** Rows in the source's true shape. */
  readonly items: readonly Row[];
  /** Fields that differ between two answers about the same posting. */
  readonly volatile: readonly string[];
  /** By native id: what `toPosting` makes of the row, as far as it is worth saying; dates as ISO text. */
  readonly expect: Readonly<Record<string, Row>>;
  /** Changes to the first row after which it does not fit the item schema. */
  readonly unfit: readonly Row[];
  /** Changes to the first row after which it fits but is no posting. */
  readonly unusable: readonly Row[];
  /** Bodies that the source could answer with status 200 when something is wrong. */
  readonly errorsWith200: readonly unknown[];
  /** Where the source wants another User-Agent than ours. */
  readonly userAgent?: string;
  readonly refusals: readonly {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
    readonly type: string;
    readonly quota: boolean;
  }[];
}

const ALL = {
  jsearch,
  adzuna,
  remoteok,
  jobicy,
  remotive,
  workingnomads,
  arbeitnow,
  himalayas,
  themuse,
  usajobs,
  reed,
  findwork,
  jooble,
  hackernews,
  greenhouse,
  lever,
  ashby,
  workable,
  recruitee,
  personio,
  teamtailor,
  jsonld,
  smartrecruiters,
  bamboohr,
} satisfies Record<SourceName, unknown>;
export const FIXTURES = ALL as unknown as Readonly<Record<SourceName, Fixture>>;
