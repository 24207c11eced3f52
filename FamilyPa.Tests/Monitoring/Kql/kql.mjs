// Reads Kusto queries with Microsoft's own parser, and evaluates what infra/monitoring uses of the language over rows it is given.
//
// node kql.mjs <folder of package.json> <input> <output>
// input:  { schema: { Table: "Column:type, …" }, now: ISO time, runs: { name: { query: text, tables: { Table: [row, …] } } } }
// output: { name: { errors: […], tables: […], properties: […], compared: [{ name, value, negated }], rows: […] } }
//
// What is not known here is an error, never a guess.

import { readFileSync, writeFileSync } from 'node:fs';
import { namesIn } from './names.mjs';
import { parserFor } from './syntax.mjs';
import { evaluate } from './tables.mjs';
import { setClock } from './values.mjs';

const [folder, inputFile, outputFile] = process.argv.slice(2);
const input = JSON.parse(readFileSync(inputFile, 'utf8'));
const parse = parserFor(folder, input.schema);
const types = Object.fromEntries(Object.entries(input.schema).map(([table, columns]) =>
  [table, Object.fromEntries(columns.split(',').map(column => column.trim().split(':')))]));
setClock(Date.parse(input.now));

const output = {};
for (const [name, run] of Object.entries(input.runs)) {
  const { root, errors } = parse(run.query);
  const result = { errors, tables: [], properties: [], compared: [], rows: [] };
  try {
    Object.assign(result, namesIn(root, types));
    if (errors.length === 0) result.rows = evaluate(root, types, run.tables).map(shown);
  } catch (error) {
    errors.push(error.message);
  }
  output[name] = result;
}
writeFileSync(outputFile, JSON.stringify(output));

function shown(row) {
  return Object.fromEntries(Object.entries(row).map(([name, one]) => [name, one instanceof Date ? one.toISOString() : one]));
}
