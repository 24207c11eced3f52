// The tasks of each section, a page at a time, kept up to date with the server's.

import { call, get } from './api.js';
import { sections } from './sections.js';

const PAGE = 50;
const LARGEST = 200;

export class Feed {
  /** @param changed is told after every change, with the tasks that were not there before and did not come from this page */
  constructor(family, filter, changed) {
    Object.assign(this, { family, filter, changed });
    this.lists = Object.fromEntries(Object.keys(sections).map(name => [name, { tasks: [], cursor: null, pages: [], loaded: false, error: null }]));
    this.writes = 0;
    this.turn = Promise.resolve();
  }

  get calendar() { return this.family.calendar; }

  /** Shows only what matches; of what is not here yet, once the server has answered. */
  narrow(filter) {
    this.filter = filter;
    this.newest = null;
    for (const list of Object.values(this.lists)) Object.assign(list, { pages: [], cursor: null });
  }

  /** A section's tasks that match. */
  shown(name) {
    return this.filter.isSet ? this.lists[name].tasks.filter(task => this.filter.matches(task, this.family)) : this.lists[name].tasks;
  }

  /** Asks for a section again, as far as it is shown; of each page only whether it is still the one that came last. */
  async refresh(name) {
    const list = this.lists[name];
    const { writes, filter } = this;
    const wanted = Math.max(PAGE, list.tasks.length);
    const pages = [];
    let tasks = [];
    let cursor = null;
    try {
      do {
        const page = await this.page(this.query(name, Math.min(wanted - tasks.length, LARGEST), cursor), list.pages[pages.length]);
        pages.push(page);
        tasks = tasks.concat(page.tasks);
        cursor = page.next_cursor;
      } while (cursor && tasks.length < wanted);
      list.error = null;
      if (pages.every((page, n) => page === list.pages[n])) return;
      // Something was written here meanwhile, which this answer may not know of yet: the next one will.
      if (writes !== this.writes || filter !== this.filter) return;
      const known = new Set(list.tasks.map(task => task.id));
      const news = list.pages.length ? tasks.filter(task => !known.has(task.id)) : [];
      Object.assign(list, { tasks, cursor, pages, loaded: true });
      this.changed(news);
    } catch (error) {
      list.error = error;
      throw error;
    }
  }

  /** A page as it is now: the very one that is known, if that still is so. */
  async page(query, known) {
    const { status, etag, data } = await call('GET', query, { headers: known?.query === query ? { 'If-None-Match': known.etag } : {} });
    return status === 304 ? known : { query, etag, ...data };
  }

  /** Whether any of the family's tasks was added or changed since this was asked last; one that was deleted shows where it is missed. */
  async hasMoved() {
    const newest = await call('GET', '/api/tasks?sort=updated&limit=1', { headers: this.newest ? { 'If-None-Match': this.newest } : {} });
    if (newest.status === 304) return false;
    this.newest = newest.etag;
    return true;
  }

  async more(name) {
    const list = this.lists[name];
    const answer = await get(this.query(name, PAGE, list.cursor));
    const known = new Set(list.tasks.map(task => task.id));
    list.tasks.push(...answer.tasks.filter(task => !known.has(task.id)));
    list.cursor = answer.next_cursor;
    this.changed([]);
  }

  /** Does a write, once those before it are done; what is being read meanwhile is not trusted. */
  write(action) {
    this.writes++;
    const done = this.turn.then(action).finally(() => { this.writes++; });
    this.turn = done.catch(() => {});
    return done;
  }

  /** Puts a task, as it is now, where it belongs. */
  place(task) {
    for (const [name, list] of Object.entries(this.lists)) {
      list.tasks = list.tasks.filter(other => other.id !== task.id);
      if (list.loaded && sections[name].holds(task, this.calendar) && this.reaches(list, name, task)) {
        list.tasks.push(task);
        list.tasks.sort(sections[name].order);
      }
    }
    this.changed([]);
  }

  remove(id) {
    for (const list of Object.values(this.lists)) list.tasks = list.tasks.filter(task => task.id !== id);
    this.changed([]);
  }

  find(id) {
    for (const list of Object.values(this.lists)) {
      const task = list.tasks.find(task => task.id === id);
      if (task) return task;
    }
    return null;
  }

  /** The task of the same series that is open now. */
  nextOf({ id, series_id }) {
    return Object.values(this.lists).flatMap(list => list.tasks).find(task => task.series_id === series_id && task.id !== id && task.status === 'open' && task.due_at);
  }

  /** Whether the pages that are loaded come as far as this task: what lies behind them shows when they do. */
  reaches(list, name, task) {
    return !list.cursor || list.tasks.length === 0 || sections[name].order(task, list.tasks.at(-1)) < 0;
  }

  query(name, limit, cursor) {
    return `/api/tasks?${new URLSearchParams({ ...sections[name].query(this.calendar), ...this.filter.query, limit, ...(cursor && { cursor }) })}`;
  }
}
