// Evaluates expressions and functions. Times are Dates, timespans are milliseconds.

import { elements, kind } from './syntax.mjs';

const clock = { now: 0 };

/** The reference time of ago(). */
export function setClock(now) {
  clock.now = now;
}

const aggregates = {
  count: rows => rows.length,
  sum: (rows, [of]) => numbers(of, rows).reduce((a, b) => a + b, 0),
  sumif: (rows, [of, condition]) => numbers(of, rows.filter(row => value(condition, row) === true)).reduce((a, b) => a + b, 0),
  max: (rows, [of]) => present(of, rows).reduce((a, b) => (a === null || b > a ? b : a), null),
  take_any: (rows, [of]) => present(of, rows)[0] ?? null,
  percentile(rows, [of, at]) {
    const all = numbers(of, rows).sort((a, b) => a - b);
    return all.length === 0 ? null : all[Math.max(0, Math.ceil((all.length * value(at, {})) / 100) - 1)];
  },
};

const functions = {
  ago: span => new Date(clock.now - span),
  bin: (of, step) => (of instanceof Date ? new Date(Math.floor(of / step) * step) : Math.floor(of / step) * step),
  coalesce: (...all) => all.find(one => one !== null && one !== '') ?? null,
  iff: (condition, yes, no) => (condition ? yes : no),
  isnotempty: of => of !== null && of !== '',
  round: (of, digits = 0) => (of === null ? null : Math.round(of * 10 ** digits) / 10 ** digits),
  strcat: (...all) => all.map(asText).join(''),
  todouble: of => asNumber(of),
  tolong: of => (asNumber(of) === null ? null : Math.trunc(asNumber(of))),
  tostring: of => asText(of),
};

function numbers(of, rows) {
  const all = present(of, rows);
  if (all.some(one => typeof one !== 'number')) throw new Error(`not a number: ${of.toString()}`);
  return all;
}

function present(of, rows) {
  return rows.map(row => value(of, row)).filter(one => one !== null);
}

function asText(of) {
  return of === null ? '' : of instanceof Date ? of.toISOString() : String(of);
}

function asNumber(of) {
  return of === null || of === '' || Number.isNaN(Number(of)) ? null : Number(of);
}

/** @param rows The rows of the group inside summarize. */
export function value(node, row, rows) {
  switch (kind(node)) {
    case 'LiteralExpression': return literal(node);
    case 'ParenthesizedExpression': return value(node.Expression, row, rows);
    // A union has the columns of all its tables.
    case 'NameReference': return row[node.SimpleName] ?? null;
    case 'PathExpression': return value(node.Expression, row)?.[node.Selector.SimpleName] ?? null;
    case 'InExpression': {
      const left = value(node.Left, row, rows);
      const found = elements(node.Right.Expressions).some(expression => equal(left, value(expression, row, rows)));
      return node.Operator.Text.startsWith('!') ? !found : found;
    }
    case 'BetweenExpression': {
      const left = value(node.Left, row, rows);
      return compare(left, value(node.Right.First, row, rows), (a, b) => a >= b) && compare(left, value(node.Right.Second, row, rows), (a, b) => a <= b);
    }
    case 'BinaryExpression': return binary(node.Operator.Text, node, row, rows);
    case 'FunctionCallExpression': {
      const name = node.Name.SimpleName, parameters = elements(node.ArgumentList.Expressions);
      if (rows && name in aggregates) return aggregates[name](rows, parameters);
      if (!(name in functions)) throw new Error(`unknown: ${name}()`);
      return functions[name](...parameters.map(parameter => value(parameter, row, rows)));
    }
    default: throw new Error(`unknown: ${kind(node)}`);
  }
}

function literal(node) {
  const token = node.Token.Text;
  const span = /^(\d+)(ms|s|m|h|d)$/.exec(token);
  if (span) return Number(span[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[span[2]];
  if (typeof node.LiteralValue === 'string') return node.LiteralValue;
  const time = /^datetime\((.+)\)$/.exec(token);
  if (time) return new Date(time[1]);
  if (token === 'true' || token === 'false') return token === 'true';
  if (Number.isNaN(Number(token))) throw new Error(`unknown: ${token}`);
  return Number(token);
}

function binary(sign, node, row, rows) {
  const left = value(node.Left, row, rows);
  if (sign === 'and') return left === true && value(node.Right, row, rows) === true;
  if (sign === 'or') return left === true || value(node.Right, row, rows) === true;
  const right = value(node.Right, row, rows);
  switch (sign) {
    case '==': return equal(left, right);
    case '!=': return !equal(left, right);
    case '<': return compare(left, right, (a, b) => a < b);
    case '<=': return compare(left, right, (a, b) => a <= b);
    case '>': return compare(left, right, (a, b) => a > b);
    case '>=': return compare(left, right, (a, b) => a >= b);
    case '+': return calculate(left, right, (a, b) => a + b);
    case '-': return calculate(left, right, (a, b) => a - b);
    case '*': return calculate(left, right, (a, b) => a * b);
    case '/': return calculate(left, right, (a, b) => a / b);
    default: throw new Error(`unknown: ${sign}`);
  }
}

function equal(a, b) {
  return a !== null && b !== null && Number(a instanceof Date) + Number(b instanceof Date) === 2 ? +a === +b : a === b;
}

function compare(a, b, holds) {
  if (a === null || b === null) return false;
  if (typeof a !== typeof b || typeof a === 'string') throw new Error(`${a} and ${b} cannot be compared`);
  return holds(+a, +b);
}

function calculate(a, b, of) {
  if (a === null || b === null) return null;
  if (typeof a !== 'number' || typeof b !== 'number') throw new Error(`${a} and ${b} are not both numbers`);
  return of(a, b);
}
