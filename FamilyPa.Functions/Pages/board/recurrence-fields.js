// The choices in a form that say how often a task comes up again.

import { DAYS, DAY_NAMES, ORDINALS, choicesOf, isSame, rhythmOf, ruleOf, weekdayOf } from './recurrence.js';

const KEEP = 'keep';
const UNITS = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year', AFTER_DONE: '' };

export class RecurrenceFields {
  /** @param form of the task, whose day the choices begin with */
  constructor(form, calendar) {
    Object.assign(this, { form, calendar });
    const { repeat, on, weekday } = form.elements;
    on.append(
      new Option('its day', ''), ...Array.from({ length: 31 }, (_, n) => new Option(`day ${n + 1}`, n + 1)), new Option('the last day', -1),
      ...Object.entries(ORDINALS).map(([number, name]) => new Option(`the ${name}`, `n${number}`)));
    weekday.append(...DAYS.map((day, n) => new Option(DAY_NAMES[n], day)));
    repeat.addEventListener('change', () => this.begin());
    form.querySelector('.recurrence').addEventListener('input', () => this.show());
  }

  /** The rule that is chosen, or null. */
  get rule() {
    if (this.form.elements.repeat.value === KEEP) return this.kept;
    const rule = ruleOf(this.choices());
    return isSame(rule, this.kept) ? this.kept : rule;
  }

  set rule(rule) {
    const { elements } = this.form;
    const choices = choicesOf(rule);
    // What the choices cannot say stays as it is until something else is chosen.
    elements.repeat.querySelector(`[value=${KEEP}]`)?.remove();
    this.kept = rule;
    if (choices) {
      for (const name of ['repeat', 'every', 'unit', 'on', 'weekday', 'ends', 'until', 'times']) elements[name].value = choices[name];
      for (const box of elements.days) box.checked = choices.days.includes(box.value);
    } else {
      elements.repeat.add(new Option(sentence(rhythmOf(rule, this.calendar)), KEEP), 0);
      elements.repeat.value = KEEP;
    }
    this.show();
  }

  choices() {
    const { elements } = this.form;
    const number = ({ value }) => Math.min(Math.max(Math.trunc(Number(value)) || 1, 1), 999);
    return {
      repeat: elements.repeat.value, every: number(elements.every), unit: elements.unit.value,
      days: [...elements.days].filter(box => box.checked).map(box => box.value),
      on: elements.on.value, weekday: elements.weekday.value, ends: elements.ends.value, until: elements.until.value, times: number(elements.times),
    };
  }

  /** Begins a rhythm with the day that the task has. */
  begin() {
    const { day, repeat, every, days, on, weekday } = this.form.elements;
    const first = day.value || this.calendar.today();
    every.value = 1;
    for (const box of days) box.checked = box.value === weekdayOf(first);
    on.value = repeat.value === 'MONTHLY' ? String(Number(first.slice(8))) : '';
    weekday.value = weekdayOf(first);
    this.show();
  }

  /** Shows what belongs to the choice, and the choice as words. */
  show() {
    const { repeat, every, on, ends } = this.form.elements;
    const fields = this.form.querySelector('.recurrence');
    const shows = {
      every: repeat.value in UNITS, unit: repeat.value === 'AFTER_DONE', days: repeat.value === 'WEEKLY', on: repeat.value === 'MONTHLY',
      weekday: repeat.value === 'MONTHLY' && on.value.startsWith('n'), ends: !['', KEEP, 'AFTER_DONE'].includes(repeat.value),
      until: ends.value === 'until', times: ends.value === 'times',
    };
    shows.until &&= shows.ends;
    shows.times &&= shows.ends;
    for (const [name, shown] of Object.entries(shows)) fields.querySelector(`[data-of=${name}]`).hidden = !shown;
    fields.querySelector('[data-part=every]').textContent = repeat.value === 'AFTER_DONE' ? 'After' : 'Every';
    fields.querySelector('[data-part=units]').textContent = UNITS[repeat.value] ? `${UNITS[repeat.value]}${every.value === '1' ? '' : 's'}` : '';
    const rule = this.rule;
    fields.querySelector('[data-part=rhythm]').textContent = rule ? `${sentence(rhythmOf(rule, this.calendar))}.` : '';
  }

  /** @returns what is missing, and where, or null */
  get mistake() {
    const { ends, until, repeat } = this.form.elements;
    return repeat.value && ends.value === 'until' && !until.closest('[data-of]').hidden && !until.value ? ['Choose the last day.', until] : null;
  }
}

const sentence = words => words[0].toUpperCase() + words.slice(1);
