// What the board is narrowed to: a person, a list, words. The address keeps it.

import { byId, part } from '../shared/dom.js';
import { assigneesOf } from './family.js';

export const CATEGORIES = ['shopping', 'household', 'school', 'health', 'appointments', 'errands', 'family', 'work', 'finance', 'other'];
const NOBODY = 'none';
const FIELDS = ['q', 'who', 'list'];

const plain = text => (text ?? '').normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase();

export class Filter {
  constructor(values = {}) {
    for (const name of FIELDS) this[name] = values[name] ?? '';
  }

  /** The filter that the address names. */
  static read() { return new Filter(Object.fromEntries(new URLSearchParams(location.hash.slice(1)))); }

  get isSet() { return FIELDS.some(name => this[name]); }

  get hash() {
    const given = FIELDS.filter(name => this[name]).map(name => [name, this[name]]);
    return given.length ? `#${new URLSearchParams(given)}` : '';
  }

  /** As the API takes it. */
  get query() {
    return { ...(this.q.trim() && { q: this.q.trim() }), ...(this.who && { assignee: this.who }), ...(this.list && { category: this.list }) };
  }

  /** As the API decides it, for what is here already. */
  matches(task, family) {
    if (this.list && task.category !== this.list) return false;
    const people = assigneesOf(task);
    if (this.who && !(this.who === NOBODY ? people.length === 0 : people.includes(this.who))) return false;
    const words = plain(this.q.trim());
    const names = people.map(userId => family.byId.get(userId)).filter(Boolean).map(({ name, nicknames }) => `${name} ${nicknames.join(' ')}`);
    return !words || [task.title, task.notes, ...names].some(text => plain(text).includes(words));
  }
}

/** The line of the board that filters. */
export class FilterBar {
  constructor(board) {
    this.board = board;
    this.form = byId('filter');
    this.toggle = byId('filter-toggle');
    const { signal } = board.listening;
    this.toggle.addEventListener('click', () => this.form.hidden ? this.open() : this.close(), { signal });
    this.form.addEventListener('input', () => board.narrow(new Filter(Object.fromEntries(new FormData(this.form)))), { signal });
    this.form.addEventListener('submit', event => event.preventDefault(), { signal });
    this.form.addEventListener('keydown', event => { if (event.key === 'Escape') this.close(); }, { signal });
    part(this.form, 'clear').addEventListener('click', () => this.close(), { signal });
  }

  open() {
    this.form.hidden = false;
    this.toggle.setAttribute('aria-expanded', 'true');
    this.form.elements.q.focus();
    this.board.loadLists();
  }

  /** Nothing is filtered that does not show. */
  close() {
    this.form.reset();
    this.board.narrow(new Filter());
    this.form.hidden = true;
    this.toggle.setAttribute('aria-expanded', 'false');
    this.toggle.focus();
  }

  draw(filter, family, lists) {
    const { who, list } = this.form.elements;
    fill(who, [['All', ''], ['Nobody', NOBODY], ...family.members.filter(member => member.status === 'active').map(member => [member.name, member.user_id])]);
    fill(list, [['All', ''], ...lists.map(name => [name, name])]);
    for (const name of FIELDS) if (this.form.elements[name] !== document.activeElement) this.form.elements[name].value = filter[name];
    if (!filter.isSet) return;
    this.form.hidden = false;
    this.toggle.setAttribute('aria-expanded', 'true');
  }
}

function fill(select, options) {
  const known = JSON.stringify(options);
  if (select.dataset.known === known) return;
  select.dataset.known = known;
  const chosen = select.value;
  select.replaceChildren(...options.map(([label, value]) => new Option(label, value)));
  select.value = chosen;
}
