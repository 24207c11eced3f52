// One section's tasks, in groups, drawn anew without disturbing what stays.

import { byId, reconcile, stamp } from '../shared/dom.js';
import { explain } from './api.js';
import { reviewCard } from './review-card.js';
import { sections } from './sections.js';
import { state } from './states.js';
import { taskRow } from './task-row.js';
import { toast } from './toast.js';

const NEW_FOR = 2_500;

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

  draw(name) {
    const view = byId('view');
    const section = sections[name];
    const { calendar } = this.board.family;
    const { tasks, cursor } = this.board.feed.lists[name];
    for (const child of [...view.children]) if (!child.dataset.key?.startsWith(name) && child !== this.moreButton) child.remove();
    const groups = Map.groupBy(tasks, task => section.group(task, calendar));
    const shown = [...groups].map(([label, members]) => ({ key: `${name} ${label}`, label, members }));
    if (shown.length === 0) shown.push({ key: `${name} empty`, empty: true });
    if (cursor) shown.push({ key: 'more', more: true });
    const card = name === 'review' ? reviewCard : taskRow;
    reconcile(view, shown, {
      key: item => item.key,
      create: item => item.more ? this.moreButton : item.empty ? state(...section.empty) : this.group(item),
      update: (element, item) => {
        // The view's own title is not said twice.
        element.classList.toggle('plain', item.label === section.title && item === shown[0]);
        if (item.members) this.fill(element.querySelector('ul'), item.members, card);
        if (item.more) element.textContent = 'Show more';
      },
      leave: element => this.leaveGroup(element),
    });
  }

  group({ label }) {
    const element = stamp('group');
    element.firstElementChild.textContent = label;
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
      const before = this.board.feed.lists[this.board.view].tasks.length;
      await this.board.feed.more(this.board.view);
      document.querySelectorAll('#view li button[data-part]:first-of-type')[before]?.focus();
    } catch (error) {
      toast(explain(error));
    } finally {
      this.moreButton.disabled = false;
    }
  }
}

function passFocus(element) {
  if (!element.contains(document.activeElement)) return;
  const cards = [...document.querySelectorAll('#view li:not(.leaving)')];
  const rest = cards.filter(card => !element.contains(card));
  const next = rest[cards.findIndex(card => element.contains(card))] ?? rest.at(-1);
  (next?.querySelector('button') ?? byId('view-title')).focus({ preventScroll: true });
}
