// Changes of tasks: shown at once, reverted when the server rejects them.

import { announce } from '../shared/dom.js';
import { ApiError, Unreachable, explain, get, send, unlessChanged } from './api.js';
import { confirm } from '../shared/dialog.js';
import { describe, onDay } from './move-dialog.js';
import { sections } from './sections.js';
import { toast } from './toast.js';

export class Actions {
  constructor(board) {
    this.board = board;
    this.feed = board.feed;
    this.latest = new Map();
  }

  async complete(task) {
    const say = toast(`Done: ${task.title}`, { label: 'Undo', run: () => this.reopen(task, task.status) });
    if (!await this.change(task, { status: 'done' }) || !task.recurrence) return;
    await this.board.poller.now();
    const next = this.feed.nextOf(task);
    if (next) say(`Done: ${task.title}. Next: ${describe(onDay(next, this.feed.calendar.dayOf(next.due_at), this.feed.calendar), this.feed.calendar)}`);
  }

  async reopen(task, status = 'open') {
    if (await this.change(this.feed.find(task.id) ?? task, { status })) announce(`Open again: ${task.title}`);
  }

  /**
   * Moves a task to another due date. Its reminder follows, unless a time of day was asked for: then it comes at that time.
   * @param due as the API takes it, or null
   */
  move(task, due, isTime = false) {
    const { calendar } = this.feed;
    const [day, time] = due?.split('T') ?? [];
    const was = { due_at: task.due_all_day ? calendar.dayOf(task.due_at) : task.due_at, remind_at: task.remind_at };
    const seen = { due_at: task.due_at, due_all_day: task.due_all_day };
    toast(`${due ? `Moved to ${describe(due, calendar)}` : 'Without a date'}: ${task.title}`, {
      label: 'Undo',
      run: () => this.change(this.feed.find(task.id) ?? task, was, seen),
    });
    return this.change(task, { due_at: due, ...(isTime && { remind_at: due }) }, { due_at: due && calendar.instant(day, time ?? '23:59'), due_all_day: Boolean(due) && !time });
  }

  /** Leaves out one of a series. */
  skip(task) {
    toast(`Skipped: ${task.title}`, { label: 'Undo', run: () => this.reopen(task, task.status) });
    return this.change(task, { status: 'canceled' });
  }

  /** Makes a task the last of its series. */
  async endSeries(task) {
    if (await this.change(task, { recurrence: null }))
      toast(`Does not repeat any more: ${task.title}`, { label: 'Undo', run: () => this.change(this.feed.find(task.id) ?? task, { recurrence: task.recurrence }) });
  }

  async confirm(task) {
    if (await this.change(task, { needs_review: false })) this.tellWhere(this.feed.find(task.id), 'Confirmed');
  }

  dismiss(task) {
    toast(`Not a task: ${task.title}`, { label: 'Undo', run: () => this.reopen(task, task.status) });
    return this.change(task, { status: 'canceled' });
  }

  /**
   * @param shown the fields as the task has them, where the API takes them in another form
   * @returns whether it was taken
   */
  async change(task, fields, shown = fields) {
    this.feed.place({ ...task, ...shown, ...(fields.status === 'done' && { completed_at: new Date().toISOString() }) });
    this.latest.set(task.id, fields);
    // Undone before it was even answered, only the undoing is shown.
    const isLatest = () => this.latest.get(task.id) === fields;
    try {
      const saved = await this.feed.write(() => send('PATCH', `/api/tasks/${task.id}`, fields));
      if (isLatest()) this.feed.place(saved);
      // The next of the series comes, or goes.
      if (task.series_id && fields.status) this.board.poller.now();
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
    const more = task.recurrence ? 'It will not come again. To leave out only this one, skip it.' : 'This cannot be undone.';
    if (!await confirm('Delete this task?', `“${task.title}” will be gone for everybody in the family. ${more}`, 'Delete')) return false;
    await this.feed.write(async () => {
      if (task.recurrence) await send('PATCH', `/api/tasks/${task.id}`, { recurrence: null });
      await send('DELETE', `/api/tasks/${task.id}`);
    });
    this.feed.remove(task.id);
    toast(`Deleted: ${task.title}`);
    return true;
  }

  /** Takes off a list what is done on it. */
  async clear(list) {
    if (!await confirm(`Clear “${list}”?`, 'What is done on it will not be shown any more.', 'Clear')) return;
    try {
      const { cleared } = await this.feed.write(() => send('DELETE', `/api/lists/${encodeURIComponent(list)}/done`));
      toast(`Cleared: ${cleared} ${cleared === 1 ? 'task' : 'tasks'}.`);
      this.feed.narrow(this.feed.filter);
      await this.board.poller.now();
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof Unreachable)) throw error;
      toast(explain(error));
    }
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
    const { calendar, family, filter } = this.feed;
    if (!filter.matches(task, family)) return toast(`${what}. The filter hides it: ${task.title}`);
    if (this.board.parts.some(name => sections[name]?.holds(task, calendar))) return announce(`${what}: ${task.title}`);
    const home = Object.values(sections).find(section => section.holds(task, calendar));
    if (home) toast(`${what}. It is in ${home.title}.`, { label: 'Show', run: () => this.board.go(home.path) });
  }
}
