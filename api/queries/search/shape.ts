/**
 * What a search has set decides the text of its statements: before it reads a first entry the server prepares every condition,
 * those that say nothing as well, and a page of twenty jobs takes hardly longer than that.
 */
import { type Statement, statement, type Values } from './statement.ts';

export interface Shape {
  /** Names of what is set. */
  readonly key: string;
  has(name: string): boolean;
  /** Nothing is known: every condition is there, and says nothing where its value is not set. */
  readonly isAny: boolean;
}

export function shapeOf(values: Readonly<Values>): Shape {
  return { key: Object.keys(values).join(' '), has: (name) => values[name] !== undefined, isAny: false };
}

const FROM = ['posted_at', 'score', 'pay_at', 'id'];
/** Fits every search; with where a page begins, or from the beginning. */
const anyShape = (isFrom: boolean): Shape => ({
  key: '',
  has: (name) => isFrom || !FROM.includes(name),
  isAny: true,
});
export const ANY_FROM_START = anyShape(false);
export const ANY_FROM_THERE = anyShape(true);

/**
 * Statements that are made for one shape. Each connection keeps what it has planned: what is asked for first is what is asked
 * for most, and searches of further shapes share the statements that fit all.
 */
const MADE_MAX = 100;
let made = 0;

/** @returns the statement for a search, made when it is first asked for */
export function shaped(name: string, make: (shape: Shape) => string): (shape: Shape) => Statement {
  const known = new Map<string, Statement>();
  return (shape) => known.get(shape.key) ?? add(shape);

  function add(shape: Shape): Statement {
    const isFrom = shape.has('id');
    if (shape.isAny || made >= MADE_MAX) {
      const key = isFrom ? ' any from there' : ' any';
      const any =
        known.get(key) ?? statement(name + (isFrom ? '-from' : ''), make(isFrom ? ANY_FROM_THERE : ANY_FROM_START));
      known.set(key, any);
      return any;
    }
    made += 1;
    const fresh = statement(`${name}-${made}`, make(shape));
    known.set(shape.key, fresh);
    return fresh;
  }
}
