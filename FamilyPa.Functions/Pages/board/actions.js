// What one does to tasks: shown at once, taken back when the server says no.

import { announce } from '../shared/dom.js';
import { ApiError, Unreachable, explain, get, send, unlessChanged } from './api.js';
import { confirm } from '../shared/dialog.js';
import { sections } from './sections.js';
import { toast } from './toast.js';

export class Actions {
  constructor(board) {
    this.board = board;
    this.feed = board.feed;
    this.latest = new Map();
  }

  complete(task) {
    toast(`Done: ${task.title}`, { label: 'Undo', run: () => this.reopen(task, task.status) });
    return this.change(task, { status: 'done' });
  }

  async reopen(task, status = 'open') {
    if (await this.change(this.feed.find(task.id) ?? task, { status })) announce(`Open again: ${task.title}`);
  }

  async confirm(task) {
    if (await this.change(task, { needs_review: false })) this.tellWhere(this.feed.find(task.id), 'Confirmed');
  }

  dismiss(task) {
    toast(`Not a task: ${task.title}`, { label: 'Undo', run: () => this.reopen(task, task.status) });
    return this.change(task, { status: 'canceled' });
  }

  /** @returns whether it was taken */
  async change(task, fields) {
    this.feed.place({ ...task, ...fields, ...(fields.status === 'done' && { completed_at: new Date().toISOString() }) });
    this.latest.set(task.id, fields);
    // Undone before it was even answered, only the undoing is shown.
    const isLatest = () => this.latest.get(task.id) === fields;
    try {
      const saved = await this.feed.write(() => send('PATCH', `/api/tasks/${task.id}`, fields));
      if (isLatest()) this.feed.place(saved);
      return true;
    } catch (error) {
      if (isLatest()) this.feed.place(task);
      this.complain(error, task);
      return false;
    }
  }

  /** Saves what was edited, unless the task has changed since: then the error says so (412). */
  async save(task, fields) {
    const saved = await this.feed.write(() => send('PATCH', `/api/tasks/${task.id}`, fields, unlessChanged(task)));
    this.feed.place(saved);
    this.tellWhere(saved, 'Saved');
  }

  reload(task) { return get(`/api/tasks/${task.id}`); }

  async add(fields, key) {
    const task = await this.feed.write(() => send('POST', '/api/tasks', fields, { 'Idempotency-Key': key }));
    this.board.list.arrived([task]);
    this.feed.place(task);
    this.tellWhere(task, 'Added');
  }

  /** @returns whether it is gone */
  async remove(task) {
    if (!await confirm('Delete this task?', `“${task.title}” will be gone for everybody in the family. This cannot be undone.`, 'Delete')) return false;
    await this.feed.write(() => send('DELETE', `/api/tasks/${task.id}`));
    this.feed.remove(task.id);
    toast(`Deleted: ${task.title}`);
    return true;
  }

  complain(error, task) {
    if (!(error instanceof ApiError) && !(error instanceof Unreachable)) throw error;
    if (error.status === 404) {
      this.feed.remove(task.id);
      toast('Somebody deleted this task meanwhile.');
    } else {
      toast(explain(error));
    }
  }

  /** Where a task went that is not in the view one looks at. */
  tellWhere(task, what) {
    const { calendar } = this.feed;
    if (sections[this.board.view]?.holds(task, calendar)) return announce(`${what}: ${task.title}`);
    const home = Object.values(sections).find(section => section.holds(task, calendar));
    if (home) toast(`${what}. It is in ${home.title}.`, { label: 'Show', run: () => this.board.go(home.path) });
  }
}
