// Reads Kusto queries with Microsoft's own parser, and evaluates what infra/monitoring uses of the language over rows it is given.
//
// stdin:  { schema: { Table: "Column:type, …" }, tables: { Table: [row, …] }, now: ISO time, queries: { name: text } }
// stdout: { name: { errors: […], tables: […], properties: […], compared: [{ name, value }], rows: […] } }
//
// Times are milliseconds inside, ISO texts outside. What is not known here is an error, never a guess.

import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const require = createRequire(process.argv[2]);
require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
const { KustoCode, GlobalState, Symbols } = globalThis.Kusto.Language;

const input = JSON.parse(await text(process.stdin));
const now = Date.parse(input.now);
const types = Object.fromEntries(Object.entries(input.schema).map(([table, columns]) =>
  [table, Object.fromEntries(columns.split(',').map(column => column.trim().split(':')))]));
const database = new Symbols.DatabaseSymbol.ctor(
  'workspace', Object.entries(input.schema).map(([table, columns]) => Symbols.TableSymbol.From(`(${columns})`).WithName(table)));
const globals = GlobalState.Default.WithDatabase(database);

// --- the tree ---

function errorsOf(code) {
  return [...list(code.GetDiagnostics())].map(diagnostic => `${diagnostic.Code} ${diagnostic.Message} (at ${diagnostic.Start})`);
}

function* list(items) {
  for (let i = 0; i < System.Array.getCount(items); i++) yield System.Array.getItem(items, i);
}

/** FilterOperator, NameReference, … */
function kind(node) {
  return Bridge.getTypeName(node).replace('Kusto.Language.Syntax.', '').replace(/`.*/, '');
}

function children(node) {
  return Array.from({ length: node.ChildCount }, (_, i) => node.GetChild(i)).filter(child => child);
}

/** The elements of a list, without their commas. */
function elements(syntaxList) {
  return children(syntaxList).map(child => (kind(child) === 'SeparatedElement' ? child.GetChild(0) : child));
}

function isName(node, name) {
  return kind(node) === 'NameReference' && node.SimpleName === name;
}

function namesIn(root) {
  const tables = new Set(), properties = new Set(), compared = [];
  visit(root);
  return { tables: [...tables], properties: [...properties], compared };

  function visit(node) {
    switch (kind(node)) {
      case 'NameReference':
        if (node.SimpleName in types) tables.add(node.SimpleName);
        break;
      case 'PathExpression':
        if (isName(node.Expression, 'Properties')) properties.add(node.Selector.SimpleName);
        break;
      case 'ElementExpression':
        throw new Error('Properties.name is the form that is checked, not Properties["name"]');
      case 'BinaryExpression':
      case 'InExpression':
        for (const literal of literalsIn(node.Right)) compared.push({ name: nameOf(node.Left), value: literal });
        break;
    }
    children(node).forEach(visit);
  }

  function literalsIn(node) {
    if (kind(node) === 'LiteralExpression') return typeof node.LiteralValue === 'string' ? [node.LiteralValue] : [];
    return kind(node) === 'ExpressionList' ? elements(node.Expressions).flatMap(literalsIn) : [];
  }

  function nameOf(node) {
    if (isCall(node, 'tostring')) return nameOf(elements(node.ArgumentList.Expressions)[0]);
    if (kind(node) === 'PathExpression' && isName(node.Expression, 'Properties')) return `Properties.${node.Selector.SimpleName}`;
    return kind(node) === 'NameReference' ? node.SimpleName : '';
  }
}

// --- tables ---

function statement(root) {
  const statements = elements(root.Statements);
  if (statements.length !== 1) throw new Error('one statement is the form that is checked');
  return table(statements[0].Expression);
}

function table(node) {
  switch (kind(node)) {
    case 'NameReference': return rowsOf(node.SimpleName);
    case 'ParenthesizedExpression': return table(node.Expression);
    case 'UnionOperator': return elements(node.Expressions).flatMap(table);
    case 'PipeExpression': return operator(node.Operator, table(node.Expression));
    default: throw new Error(`unknown: ${kind(node)}`);
  }
}

function rowsOf(name) {
  return (input.tables[name] ?? []).map(given => {
    const row = { Type: name };
    for (const [column, type] of Object.entries(types[name])) {
      const value = given[column] ?? null;
      if (column !== 'Type') row[column] = type === 'datetime' && value !== null ? new Date(value) : value;
    }
    return row;
  });
}

function operator(node, rows) {
  switch (kind(node)) {
    case 'FilterOperator': return rows.filter(row => value(node.Condition, row) === true);
    case 'ExtendOperator': return rows.map(row => ({ ...row, ...columns(node.Expressions, row) }));
    case 'ProjectOperator': return rows.map(row => columns(node.Expressions, row));
    case 'SortOperator': return sorted(rows, elements(node.Expressions));
    case 'TopOperator': return sorted(rows, [node.ByExpression]).slice(0, value(node.Expression, {}));
    case 'SummarizeOperator': return summarized(node, rows);
    default: throw new Error(`unknown: ${kind(node)}`);
  }
}

function columns(expressions, row) {
  return Object.fromEntries(elements(expressions).map(expression => named(expression, node => value(node, row))));
}

function named(node, compute) {
  if (kind(node) === 'SimpleNamedExpression') return [node.Name.SimpleName, compute(node.Expression)];
  if (kind(node) === 'NameReference') return [node.SimpleName, compute(node)];
  if (kind(node) === 'FunctionCallExpression' && node.Name.SimpleName === 'bin') return named(elements(node.ArgumentList.Expressions)[0], () => compute(node));
  throw new Error('every column needs a name');
}

function sorted(rows, keys) {
  // Kusto sorts downwards unless told otherwise.
  const order = keys.map(key => (kind(key) === 'OrderedExpression'
    ? { by: key.Expression, sign: key.Ordering?.AscOrDescKeyword?.Text === 'asc' ? 1 : -1 }
    : { by: key, sign: -1 }));
  return [...rows].sort((a, b) => {
    for (const { by, sign } of order) {
      const [x, y] = [value(by, a), value(by, b)];
      if (x < y) return -sign;
      if (x > y) return sign;
    }
    return 0;
  });
}

function summarized(node, rows) {
  const keys = node.ByClause ? elements(node.ByClause.Expressions) : [];
  const groups = new Map();
  for (const row of rows) {
    const key = Object.fromEntries(keys.map(expression => named(expression, part => value(part, row))));
    const id = JSON.stringify(key);
    if (!groups.has(id)) groups.set(id, { key, rows: [] });
    groups.get(id).rows.push(row);
  }
  // Without a by-clause there is one row even of nothing.
  if (keys.length === 0 && groups.size === 0) groups.set('', { key: {}, rows: [] });
  return [...groups.values()].map(group => {
    const result = { ...group.key };
    for (const expression of elements(node.Aggregates)) {
      Object.assign(result, isCall(expression, 'arg_max') ? latest(expression, group.rows) : Object.fromEntries([named(expression, part => value(part, {}, group.rows))]));
    }
    return result;
  });
}

function isCall(node, name) {
  return kind(node) === 'FunctionCallExpression' && node.Name.SimpleName === name;
}

function latest(node, rows) {
  const [by, ...wanted] = elements(node.ArgumentList.Expressions);
  const row = rows.reduce((best, candidate) => (best === null || value(by, candidate) > value(by, best) ? candidate : best), null);
  return Object.fromEntries([by, ...wanted].map(expression => named(expression, part => (row === null ? null : value(part, row)))));
}

// --- values ---

const aggregates = {
  count: rows => rows.length,
  countif: (rows, [condition]) => rows.filter(row => value(condition, row) === true).length,
  sum: (rows, [of]) => numbers(of, rows).reduce((a, b) => a + b, 0),
  sumif: (rows, [of, condition]) => numbers(of, rows.filter(row => value(condition, row) === true)).reduce((a, b) => a + b, 0),
  max: (rows, [of]) => present(of, rows).reduce((a, b) => (a === null || b > a ? b : a), null),
  min: (rows, [of]) => present(of, rows).reduce((a, b) => (a === null || b < a ? b : a), null),
  take_any: (rows, [of]) => present(of, rows)[0] ?? null,
  dcount: (rows, [of]) => new Set(present(of, rows)).size,
  percentile(rows, [of, at]) {
    const all = numbers(of, rows).sort((a, b) => a - b);
    return all.length === 0 ? null : all[Math.max(0, Math.ceil((all.length * value(at, {})) / 100) - 1)];
  },
};

const functions = {
  ago: span => new Date(now - span),
  bin: (of, step) => (of instanceof Date ? new Date(Math.floor(of / step) * step) : Math.floor(of / step) * step),
  coalesce: (...all) => all.find(one => one !== null && one !== '') ?? null,
  iff: (condition, yes, no) => (condition ? yes : no),
  isempty: of => of === null || of === '',
  isnotempty: of => of !== null && of !== '',
  now: () => new Date(now),
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

/** @param rows The group, inside of summarize. */
function value(node, row, rows) {
  switch (kind(node)) {
    case 'LiteralExpression': return literal(node);
    case 'ParenthesizedExpression': return value(node.Expression, row, rows);
    case 'NameReference': {
      // A union has the columns of all its tables.
      return row[node.SimpleName] ?? null;
    }
    case 'PathExpression': return value(node.Expression, row)?.[node.Selector.SimpleName] ?? null;
    case 'InExpression': {
      const left = value(node.Left, row, rows);
      return elements(node.Right.Expressions).some(expression => equal(left, value(expression, row, rows)));
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

function shown(row) {
  return Object.fromEntries(Object.entries(row).map(([name, one]) => [name, one instanceof Date ? one.toISOString() : one]));
}

// --- the run ---

const output = {};
for (const [name, query] of Object.entries(input.queries)) {
  const code = KustoCode.ParseAndAnalyze(query, globals);
  const result = { errors: errorsOf(code), ...namesIn(code.Syntax), rows: [] };
  try {
    if (result.errors.length === 0) result.rows = statement(code.Syntax).map(row => shown(row));
  } catch (error) {
    result.errors.push(error.message);
  }
  output[name] = result;
}
process.stdout.write(JSON.stringify(output));
