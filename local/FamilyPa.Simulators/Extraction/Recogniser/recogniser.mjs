// Finds dates and times in sentences. One JSON object a line in, one a line out; ends when its input ends, so it never outlives its parent.
//   in:  {"id":1,"now":"2026-11-22T20:10:00","items":[{"language":"en","locale":"en-GB","text":"buy milk tomorrow"}]}
//   out: {"id":1,"items":[[{"index":9,"length":8,"date":"2026-11-23","time":null,"dateSaid":true}]]}
// All times are wall-clock times: run with TZ=UTC, the reference is passed as if it were UTC and nothing is converted.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { extraParsers } from './extra-parsers.mjs';
import { isMeant, mask, meantTime, sayToday } from './judgement.mjs';

// Compiling the library's large expressions stalls the second sentence of each language by a third of a second; interpreting them costs nothing here.
setFlagsFromString('--regexp-interpret-all');

// import() would look beside this file; the packages are where the caller installed them.
const chrono = createRequire(join(process.argv[2], 'resolve.cjs'))('chrono-node');
const configurations = new Map();

function configurationFor(language, locale) {
  const key = language === 'en' && locale === 'en-US' ? 'en-US' : language;
  if (!configurations.has(key)) configurations.set(key, build(key));
  return configurations.get(key);
}

function build(key) {
  const base = key === 'en' ? chrono.en.GB : key === 'en-US' ? chrono.en.casual : chrono[key]?.casual;
  if (!base) return null;
  const configuration = base.clone();
  configuration.parsers.unshift(...extraParsers(key.slice(0, 2)));
  return configuration;
}

const two = number => String(number).padStart(2, '0');

function recognise({ language, locale, text }, now) {
  const configuration = configurationFor(language, locale);
  if (!configuration) return [];
  return configuration
    .parse(mask(text, language), now, { forwardDate: true })
    .filter(found => isMeant(found, text, language, now))
    .map(found => {
      const { start } = found;
      // "Now" is a day, not an appointment for this very minute.
      const time = start.isCertain('hour') && start.date().getTime() !== now.getTime() ? meantTime(found, language) : null;
      const dateSaid = ['day', 'weekday', 'month'].some(part => start.isCertain(part)) || !time;
      let date = `${start.get('year')}-${two(start.get('month'))}-${two(start.get('day'))}`;
      if (sayToday.test(found.text)) date = day(now, 0);
      // A time alone is the next such time.
      else if (!dateSaid) date = day(now, time > now.toISOString().slice(11, 16) ? 0 : 1);
      return { index: found.index, length: found.text.length, date, time, dateSaid };
    });
}

const day = (now, later) => new Date(now.getTime() + later * 86_400_000).toISOString().slice(0, 10);

createInterface({ input: process.stdin }).on('line', line => {
  const { id, now, items } = JSON.parse(line);
  const reference = new Date(`${now}Z`);
  let answer;
  try {
    answer = { id, items: items.map(item => recognise(item, reference)) };
  } catch (error) {
    answer = { id, error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}).on('close', () => process.exit(0));
