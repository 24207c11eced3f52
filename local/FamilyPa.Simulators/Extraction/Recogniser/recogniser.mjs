// Finds dates and times in texts with chrono-node. Each line of input is a JSON request; each line of output is its answer, in the same order:
//   {"now":"2026-11-22T20:10:00","language":"en","locale":"en-GB","texts":["buy milk tomorrow"]}
//   {"texts":[[{"index":9,"length":8,"date":"2026-11-23","time":null,"hasDay":true}]]}
// All times are the family's local times, computed as if they were UTC. The process ends when its input ends.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';

// Compiling chrono-node's large expressions blocks the second text of each language for a third of a second; interpreting them does not.
setFlagsFromString('--regexp-interpret-all');

// import() resolves packages beside this file; the caller's node_modules folder is elsewhere.
const chrono = createRequire(join(process.argv[2], 'resolve.cjs'))('chrono-node');
const libraries = { en: chrono.en.GB, 'en-US': chrono.en.casual, de: chrono.de.casual, fr: chrono.fr.casual, es: chrono.es.casual };
const twelveHourClock = ['en', 'es'];
const letterPair = /^[\p{L}-]{2}$/u;

const dayAfter = (now, days) => new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);

const splitsWord = (text, index) => letterPair.test(text.slice(index - 1, index + 1));

function find(text, { language, locale }, now) {
  const library = libraries[language === 'en' && locale === 'en-US' ? locale : language];
  return library.parse(text, now, { forwardDate: true }).map(found => read(found, text, language, now)).filter(Boolean);
}

function read({ index, text: words, start }, text, language, now) {
  const end = index + words.length;
  // chrono-node's word boundaries are ASCII: it finds "fr" (Friday) in "früh".
  const insideWord = splitsWord(text, index) || splitsWord(text, end);
  const named = text.startsWith("'s ", end); // "Friday's party"
  const ambiguous = /^(sun|sat|mon|wed|mar|march|may|now)$/i.test(words);
  const day = start.date().toISOString().slice(0, 10);
  const past = day < dayAfter(now, 0);
  const hasDay = ['day', 'weekday', 'month'].some(part => start.isCertain(part));
  const hasTime = start.isCertain('hour');
  if (insideWord || named || ambiguous || past || !hasDay && !hasTime) return null;

  const time = hasTime ? timeOf(start, language) : null;
  const date = hasDay ? day : dayAfter(now, time > now.toISOString().slice(11, 16) ? 0 : 1);
  const unit = language === 'fr' ? /^\s*h(?!\p{L})/u.exec(text.slice(end))?.[0].length ?? 0 : 0; // "à 17 h"
  return { index, length: words.length + unit, date, time, hasDay };
}

// "At 5" is 17:00 in languages that use the 12-hour clock.
function timeOf(start, language) {
  const hour = start.get('hour');
  const afternoon = twelveHourClock.includes(language) && !start.isCertain('meridiem') && hour >= 1 && hour <= 6;
  return [afternoon ? hour + 12 : hour, start.get('minute')].map(number => String(number).padStart(2, '0')).join(':');
}

createInterface({ input: process.stdin }).on('line', line => {
  const request = JSON.parse(line);
  const now = new Date(`${request.now}Z`);
  process.stdout.write(`${JSON.stringify({ texts: request.texts.map(text => find(text, request, now)) })}\n`);
}).on('close', () => process.exit(0));
