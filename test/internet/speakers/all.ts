import type { SourceName } from '../../../shared/sources.ts';
import type { Speaker } from '../speaker.ts';
import { adzuna } from './adzuna.ts';
import { arbeitnow } from './arbeitnow.ts';
import { ashby } from './ashby.ts';
import { bamboohr } from './bamboohr.ts';
import { findwork } from './findwork.ts';
import { greenhouse } from './greenhouse.ts';
import { hackernews } from './hackernews.ts';
import { himalayas } from './himalayas.ts';
import { jobicy } from './jobicy.ts';
import { jooble } from './jooble.ts';
import { jsearch } from './jsearch.ts';
import { jsonld } from './jsonld.ts';
import { lever } from './lever.ts';
import { personio } from './personio.ts';
import { recruitee } from './recruitee.ts';
import { reed } from './reed.ts';
import { remoteok } from './remoteok.ts';
import { remotive } from './remotive.ts';
import { smartrecruiters } from './smartrecruiters.ts';
import { teamtailor } from './teamtailor.ts';
import { themuse } from './themuse.ts';
import { usajobs } from './usajobs.ts';
import { workable } from './workable.ts';
import { workingnomads } from './workingnomads.ts';

export const SPEAKERS: Readonly<Record<SourceName, Speaker>> = {
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
};
