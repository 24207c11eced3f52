// Collects the tables, custom dimensions and compared strings of a query.

import { children, elements, isCall, isName, kind } from './syntax.mjs';

export function namesIn(root, types) {
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
        for (const literal of literalsIn(node.Right)) compared.push({ name: nameOf(node.Left), value: literal, negated: node.Operator.Text.startsWith('!') });
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
