/** The tables that are searched, beside those of the jobs. */
import type { Generated } from 'kysely';
import type { Time } from './time.ts';

export interface SearchTables {
  job_term: JobTermTable;
  search_word: SearchWordTable;
  iam_term: IamTermTable;
  job_text: JobTextTable;
  search_progress: SearchProgressTable;
  search_todo: SearchTodoTable;
  text_todo: SearchTodoTable;
}

export interface JobTermTable {
  job_id: string;
  posted_at: Time;
  score: number;
  term: string;
  flags: Generated<string>;
  /** Euros a year. */
  pay: number | null;
}

/** How many jobs a posting list has. */
export interface SearchWordTable {
  word: string;
  jobs: string;
}

/** One row: jobs whose entries were brought up to date, since the tables were made. */
export interface SearchProgressTable {
  only_row: Generated<boolean>;
  moved: string;
}

/** What people call an IAM term. */
export interface IamTermTable {
  id: string;
  kind: string;
  label: string;
  names: string[];
  version: string;
}

/** Words of a job's whole advert. */
export interface JobTextTable {
  job_id: string;
  posted_at: Time;
  score: number;
  words: unknown;
  flags: Generated<string>;
}

/** Jobs to be indexed. */
export interface SearchTodoTable {
  id: Generated<string>;
  job_id: string;
}
