// Evaluates the tabular operators.

import { elements, isCall, kind } from './syntax.mjs';
import { value } from './values.mjs';

/**
 * @param types { Table: { Column: type } }
 * @param tables { Table: [row, …] }
 */
export function evaluate(root, types, tables) {
  const statements = elements(root.Statements);
  if (statements.length !== 1) throw new Error('one statement is the form that is checked');
  return table(statements[0].Expression, name => rowsOf(name, types, tables));
}

function table(node, rowsOf) {
  switch (kind(node)) {
    case 'NameReference': return rowsOf(node.SimpleName);
    case 'ParenthesizedExpression': return table(node.Expression, rowsOf);
    case 'UnionOperator': return elements(node.Expressions).flatMap(expression => table(expression, rowsOf));
    case 'PipeExpression': return operator(node.Operator, table(node.Expression, rowsOf));
    default: throw new Error(`unknown: ${kind(node)}`);
  }
}

function rowsOf(name, types, tables) {
  return (tables[name] ?? []).map(given => {
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
  // Kusto sorts in descending order by default.
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
  // Without a by clause, summarize returns one row even for an empty table.
  if (keys.length === 0 && groups.size === 0) groups.set('', { key: {}, rows: [] });
  return [...groups.values()].map(group => {
    const result = { ...group.key };
    for (const expression of elements(node.Aggregates)) {
      Object.assign(result, isCall(expression, 'arg_max') ? latest(expression, group.rows) : Object.fromEntries([named(expression, part => value(part, {}, group.rows))]));
    }
    return result;
  });
}

function latest(node, rows) {
  const [by, ...wanted] = elements(node.ArgumentList.Expressions);
  const row = rows.reduce((best, candidate) => (best === null || value(by, candidate) > value(by, best) ? candidate : best), null);
  return Object.fromEntries([by, ...wanted].map(expression => named(expression, part => (row === null ? null : value(part, row)))));
}
