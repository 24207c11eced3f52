// One section's tasks, in groups, drawn anew without disturbing what stays.

import { byId, reconcile, stamp } from '../shared/dom.js';
import { explain } from './api.js';
import { reviewCard } from './review-card.js';
import { Filter } from './filter.js';
import { showSkeleton, state } from './states.js';
import { taskRow } from './task-row.js';
import { toast } from './toast.js';

const NEW_FOR = 2_500;
const NO_MATCH = clear => ['search', 'Nothing matches', 'No task here is like that.', { label: 'Clear the filter', run: clear }];

export class TaskList {
  constructor(board) {
    this.board = board;
    this.fresh = new Set();
    this.moreButton = document.createElement('button');
    Object.assign(this.moreButton, { type: 'button', className: 'secondary more' });
    this.moreButton.dataset.key = 'more';
    this.moreButton.addEventListener('click', () => this.more());
  }

  /** These just came: they are marked for a moment. */
  arrived(tasks) {
    for (const { id } of tasks) {
      this.fresh.add(id);
      setTimeout(() => this.fresh.delete(id), NEW_FOR);
    }
  }

  draw(name, section) {
    const view = byId('view');
    const { feed, parts, family: { calendar } } = this.board;
    const tasks = parts.flatMap(part => feed.shown(part));
    const lists = parts.map(part => feed.lists[part]);
    if (tasks.length === 0 && feed.filter.isSet && !this.board.offline && lists.some(list => list.pages.length === 0)) return showSkeleton();
    for (const child of [...view.children]) if (!child.dataset.key?.startsWith(name) && child !== this.moreButton) child.remove();
    const shown = (section.groups ?? groupsOf)(tasks, calendar, section).map(group => ({ ...group, key: `${name} ${group.key}` }));
    const nothing = feed.filter.isSet ? NO_MATCH(() => this.board.narrow(new Filter())) : section.empty;
    if (tasks.length === 0 && nothing) shown.splice(0, shown.length, { key: `${name} ${feed.filter.isSet ? 'no match' : 'empty'}`, empty: nothing });
    const { list, who, q } = feed.filter;
    if (name === 'done' && tasks.length && list && !who && !q && this.board.clearsLists) shown.unshift({ key: `${name} clear ${list}`, clears: list });
    if (lists.some(list => list.cursor)) shown.push({ key: 'more', more: true });
    const card = name === 'review' ? reviewCard : taskRow;
    reconcile(view, shown, {
      key: item => item.key,
      create: item => item.more ? this.moreButton : item.clears ? this.clearButton(item.clears) : item.empty ? state(...item.empty) : this.group(item),
      update: (element, item) => {
        // The view's own title is not said twice.
        element.classList.toggle('plain', item.label === section.title && item === shown[0]);
        if (item.label) element.querySelector('h2').textContent = item.label;
        if (item.day === undefined) delete element.dataset.day;
        else element.dataset.day = item.day;
        if (item.members) this.fill(element.querySelector('ul'), item.members, card);
        if (item.more) element.textContent = 'Show more';
      },
      leave: element => this.leaveGroup(element),
    });
  }

  clearButton(list) {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'secondary', textContent: `Clear what is done on “${list}”` });
    button.addEventListener('click', () => this.board.actions.clear(list));
    return button;
  }

  group({ label }) {
    const element = stamp('group');
    element.classList.toggle('late', label === 'Overdue');
    return element;
  }

  fill(list, tasks, card) {
    reconcile(list, tasks, {
      key: task => task.id,
      create: task => {
        const element = card.create(this.board, task);
        element.classList.toggle('new', this.fresh.has(task.id));
        return element;
      },
      update: (element, task) => {
        element.task = task;
        card.update(element, task, this.board);
      },
      leave: element => this.leave(element),
    });
  }

  /** A task that goes takes the focus along unless the next one gets it. */
  leave(element) {
    if (element.classList.contains('leaving')) return;
    passFocus(element);
    element.classList.remove('new');
    element.classList.add('leaving');
    element.inert = true;
    delete element.dataset.key;
    element.addEventListener('animationend', () => element.remove(), { once: true });
  }

  leaveGroup(element) {
    passFocus(element);
    element.remove();
  }

  async more() {
    this.moreButton.disabled = true;
    try {
      const { feed, parts } = this.board;
      const before = document.querySelectorAll('#view li').length;
      await Promise.all(parts.filter(part => feed.lists[part].cursor).map(part => feed.more(part)));
      document.querySelectorAll('#view li button[data-part]:first-of-type')[before]?.focus();
    } catch (error) {
      toast(explain(error));
    } finally {
      this.moreButton.disabled = false;
    }
  }
}

const groupsOf = (tasks, calendar, section) => [...Map.groupBy(tasks, task => section.group(task, calendar))]
  .map(([label, members]) => ({ key: label, label, members, day: section.day?.(members[0], calendar) }));

function passFocus(element) {
  if (!element.contains(document.activeElement)) return;
  const cards = [...document.querySelectorAll('#view li:not(.leaving)')];
  const rest = cards.filter(card => !element.contains(card));
  const next = rest[cards.findIndex(card => element.contains(card))] ?? rest.at(-1);
  (next?.querySelector('button') ?? byId('view-title')).focus({ preventScroll: true });
}
