// A stacked bar chart of messages over time, by final status.

import { element } from './parts.js';
import { count, shortMoment } from './words.js';

const WIDTH = 960;
const HEIGHT = 160;
const KINDS = ['done', 'rejected', 'failed', 'waiting'];

export function volumeChart(buckets) {
  const highest = Math.max(1, ...buckets.map(bucket => bucket.received));
  const step = WIDTH / buckets.length;
  const svg = create('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'volume', role: 'img', preserveAspectRatio: 'none' });
  svg.append(create('title', {}, `${count(buckets.reduce((sum, bucket) => sum + bucket.received, 0))} messages; at most ${count(highest)} in one bar`));
  buckets.forEach((bucket, index) => {
    const group = create('g', {});
    group.append(create('title', {}, `${shortMoment(bucket.at)}: ${count(bucket.received)} received, ${count(bucket.done)} done, ${count(bucket.rejected)} rejected, ${count(bucket.failed)} failed`));
    const waiting = bucket.received - bucket.done - bucket.rejected - bucket.failed;
    let top = HEIGHT;
    for (const [kind, number] of KINDS.map(kind => [kind, kind === 'waiting' ? waiting : bucket[kind]])) {
      const height = number / highest * (HEIGHT - 4);
      top -= height;
      if (number > 0) group.append(create('rect', { x: index * step + 1, y: top, width: step - 2, height, class: kind }));
    }
    svg.append(group);
  });
  return element('figure', {},
    svg,
    element('div', { className: 'axis' }, element('span', {}, shortMoment(buckets[0].at)), element('span', {}, `at most ${count(highest)}`), element('span', {}, 'now')),
    element('figcaption', { className: 'legend' }, ...KINDS.map(kind => element('span', { className: kind }, kind))));
}

function create(name, attributes, text) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}
