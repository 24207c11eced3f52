// The line that adds a task.

import { byId } from '../shared/dom.js';
import { ApiError, Keys, Unreachable, explain } from './api.js';
import { addDays } from './time.js';

export class QuickAdd {
  constructor(board) {
    this.board = board;
    this.keys = new Keys();
    this.form = byId('quick-add');
    const { signal } = board.listening;
    const { title, when, day } = this.form.elements;
    this.form.addEventListener('submit', event => this.submit(event), { signal });
    this.form.addEventListener('focusin', () => this.form.classList.add('begun'), { signal });
    // Delayed, because otherwise a button beside it moves while it is pressed.
    this.form.addEventListener('focusout', () => setTimeout(() => this.rest(), 200), { signal });
    title.addEventListener('keydown', event => { if (event.key === 'Escape') title.blur(); }, { signal });
    when.addEventListener('change', () => {
      day.closest('label').hidden = when.value !== 'pick';
      if (when.value === 'pick') day.focus();
    }, { signal });
  }

  /** The day that a new task gets unless another is chosen: the one of the view. */
  startWith(when) {
    const { title, when: choice, day } = this.form.elements;
    if (title.value) return;
    choice.value = when;
    day.closest('label').hidden = true;
  }

  rest() {
    if (!this.form.contains(document.activeElement) && !this.form.elements.title.value) this.form.classList.remove('begun');
  }

  async submit(event) {
    event.preventDefault();
    const { title, assignee, recurrence } = this.form.elements;
    const fields = { title: title.value.trim(), assignee: assignee.value || null, due_at: this.day(), ...(recurrence.value && { recurrence: recurrence.value }) };
    if (!fields.title) return;
    const error = this.form.querySelector('.field-error');
    error.textContent = '';
    try {
      await this.board.actions.add(fields, this.keys.of(fields));
      this.keys = new Keys();
      title.value = '';
      recurrence.value = '';
      title.focus();
    } catch (e) {
      if (!(e instanceof ApiError) && !(e instanceof Unreachable)) throw e;
      error.textContent = explain(e);
    }
  }

  day() {
    const { when, day } = this.form.elements;
    if (when.value === 'pick') return day.value || null;
    return when.value === '' ? null : addDays(this.board.family.calendar.today(), Number(when.value));
  }
}
