// Parses the iCalendar text of standard input with ical.js, and writes what it understood: jCal (RFC 7265), and each event as a calendar would show it.
// The argument is the folder of package.json.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const path = createRequire(join(process.argv[2], 'package.json')).resolve('ical.js');
const ICAL = (await import(pathToFileURL(path))).default;

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')));
const text = (component, name) => component.getFirstPropertyValue(name)?.toString() ?? null;
const occurrences = (event, most) => {
  const [found, dates] = [[], event.iterator()];
  for (let next = dates.next(); next && found.length < most; next = dates.next())
    found.push(next.isDate ? next.toString() : next.toJSDate().toISOString());
  return found;
};
const events = calendar.getAllSubcomponents('vevent').map(component => {
  const event = new ICAL.Event(component);
  const alarm = component.getFirstSubcomponent('valarm');
  return {
    uid: event.uid,
    summary: event.summary,
    description: event.description ?? null,
    all_day: event.startDate.isDate,
    start: event.startDate.isDate ? event.startDate.toString() : event.startDate.toJSDate().toISOString(),
    end: event.endDate.isDate ? event.endDate.toString() : event.endDate.toJSDate().toISOString(),
    zone: event.startDate.zone.tzid,
    status: text(component, 'status'),
    categories: text(component, 'categories'),
    sequence: event.sequence,
    stamp: component.getFirstPropertyValue('dtstamp').toJSDate().toISOString(),
    modified: component.getFirstPropertyValue('last-modified').toJSDate().toISOString(),
    alarm: alarm && text(alarm, 'trigger'),
    occurrences: event.isRecurring() ? occurrences(event, 5) : [],
  };
});
process.stdout.write(JSON.stringify({
  version: text(calendar, 'version'),
  name: text(calendar, 'x-wr-calname'),
  refresh: text(calendar, 'refresh-interval'),
  method: text(calendar, 'method'),
  others: calendar.getAllSubcomponents().filter(component => component.name !== 'vevent').map(component => component.name),
  events,
}));
