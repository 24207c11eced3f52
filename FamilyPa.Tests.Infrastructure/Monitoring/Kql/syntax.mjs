// Loads Microsoft's Kusto parser, and walks its syntax trees.

import { createRequire } from 'node:module';
import { join } from 'node:path';

/** @returns a function that creates a parser for a schema: { Table: "Column:type, …" } */
export function loadParser(folder) {
  const require = createRequire(join(folder, 'package.json'));
  // Both scripts define globals.
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const { KustoCode, GlobalState, Symbols } = globalThis.Kusto.Language;
  return schema => {
    const tables = Object.entries(schema).map(([table, columns]) => Symbols.TableSymbol.From(`(${columns})`).WithName(table));
    const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('workspace', tables));
    return query => {
      const code = KustoCode.ParseAndAnalyze(query, globals);
      return { root: code.Syntax, errors: errorsOf(code) };
    };
  };
}

function errorsOf(code) {
  return [...list(code.GetDiagnostics())].map(diagnostic => `${diagnostic.Code} ${diagnostic.Message} (at ${diagnostic.Start})`);
}

function* list(items) {
  for (let i = 0; i < System.Array.getCount(items); i++) yield System.Array.getItem(items, i);
}

/** FilterOperator, NameReference, … */
export function kind(node) {
  return Bridge.getTypeName(node).replace('Kusto.Language.Syntax.', '').replace(/`.*/, '');
}

export function children(node) {
  return Array.from({ length: node.ChildCount }, (_, i) => node.GetChild(i)).filter(child => child);
}

/** The elements of a list, without their commas. */
export function elements(syntaxList) {
  return children(syntaxList).map(child => (kind(child) === 'SeparatedElement' ? child.GetChild(0) : child));
}

export function isName(node, name) {
  return kind(node) === 'NameReference' && node.SimpleName === name;
}

export function isCall(node, name) {
  return kind(node) === 'FunctionCallExpression' && node.Name.SimpleName === name;
}
