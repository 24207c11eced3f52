// Parses Kusto queries with Microsoft's parser, and evaluates the subset of the language that infra/monitoring uses on given rows.
//
// node kql.mjs <folder of package.json>: prints its port on 127.0.0.1 and answers POST requests.
// question: { schema: { Table: "Column:type, …" }, now: ISO time, runs: { name: { query: text, tables: { Table: [row, …] } } } }
// answer:   { name: { errors: […], tables: […], properties: […], compared: [{ name, value, negated }], rows: […] } }
//
// Unsupported syntax is an error.

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { namesIn } from './names.mjs';
import { loadParser } from './syntax.mjs';
import { evaluate } from './tables.mjs';
import { setClock } from './values.mjs';

const parserFor = loadParser(process.argv[2]);

const server = createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(answer(JSON.parse(await text(request)))));
  } catch (error) {
    response.writeHead(500).end(error.stack);
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

function answer({ schema, now, runs }) {
  const parse = parserFor(schema);
  const types = Object.fromEntries(Object.entries(schema).map(([table, columns]) =>
    [table, Object.fromEntries(columns.split(',').map(column => column.trim().split(':')))]));
  setClock(Date.parse(now));
  return Object.fromEntries(Object.entries(runs).map(([name, { query, tables }]) => [name, run(parse(query), types, tables)]));
}

function run({ root, errors }, types, tables) {
  const result = { errors, tables: [], properties: [], compared: [], rows: [] };
  try {
    Object.assign(result, namesIn(root, types));
    if (errors.length === 0) result.rows = evaluate(root, types, tables).map(shown);
  } catch (error) {
    errors.push(error.message);
  }
  return result;
}

function shown(row) {
  return Object.fromEntries(Object.entries(row).map(([name, one]) => [name, one instanceof Date ? one.toISOString() : one]));
}
