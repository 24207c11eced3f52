// The signed-in member and the other members.

import { get } from './api.js';
import { Calendar } from './time.js';

const HUES = 6;

/** Who is to do a task. */
export const assigneesOf = ({ assignees, assignee }) => assignees ?? [assignee].filter(Boolean);

export class Family {
  constructor(data) {
    this.data = data;
    Object.assign(this, data);
    this.calendar = new Calendar(data.timezone, data.locale);
    this.byId = new Map(data.members.map(member => [member.user_id, member]));
  }

  static async load() { return new Family(await get('/api/family')); }

  get manages() { return this.me.role !== 'member'; }

  nameOf(userId) { return this.byId.get(userId)?.name ?? 'Someone'; }

  /** Those who are to do a task, by their names. */
  namesFor(task) { return new Intl.ListFormat('en-GB').format(assigneesOf(task).map(userId => this.nameOf(userId))); }

  mayDelete(task) { return this.manages || task.created_by === this.me.user_id; }

  fillAvatar(element, userId) {
    const name = this.nameOf(userId);
    element.textContent = [...name.trim()][0] ?? '?';
    element.dataset.hue = this.members.findIndex(member => member.user_id === userId) % HUES;
  }

  /** Puts the members into a select; keeps what is chosen. */
  fillSelect(select) {
    const chosen = select.value;
    select.replaceChildren(new Option('Anyone', ''), ...this.members.filter(member => member.status === 'active').map(member => new Option(member.user_id === this.me.user_id ? `${member.name} (you)` : member.name, member.user_id)));
    if (this.byId.has(chosen)) select.value = chosen;
  }
}
