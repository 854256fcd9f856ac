/** A `timestamptz`: a Date goes in; through MikroORM's pool PostgreSQL's own text comes out. */
export type Time = Date | string;
