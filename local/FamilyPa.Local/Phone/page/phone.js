import * as conversation from './conversation.js';
import * as recorder from './recorder.js';

const find = id => document.getElementById(id);
const [member, channel, text, file, record, problem, connection] =
  ['member', 'channel', 'text', 'file', 'record', 'problem', 'connection'].map(find);
const seen = new Set();
let attached = [];
let events = null;

function complain(message) {
  problem.textContent = message;
  problem.hidden = !message;
}

function attach(files) {
  attached = files;
  find('attachment').hidden = !files.length;
  find('attachment-name').textContent = `${files.map(({ name, size }) => `${name}, ${Math.ceil(size / 1024)} KB`).join('; ')} `;
}

function listen() {
  events?.close();
  conversation.clear();
  events = new EventSource(`/phone/events?member=${encodeURIComponent(member.value)}`);
  events.addEventListener('open', () => { connection.textContent = 'Connected'; });
  events.addEventListener('error', () => { connection.textContent = 'Family PA is not running. Waiting for it…'; });
  events.addEventListener('message', event => {
    const message = JSON.parse(event.data);
    conversation.show(message);
    if (message.status === 'delivered' && !document.hidden && !seen.has(message.sid)) {
      seen.add(message.sid);
      fetch(`/phone/read/${message.sid}`, { method: 'POST' }).catch(() => seen.delete(message.sid));
    }
  });
}

async function send({ body = '', spoken = '', uploads = [] }) {
  if (!body && !spoken && !uploads.length) return complain('Write something first.');
  complain('');
  const form = new FormData();
  form.set('from', member.value);
  form.set('channel', channel.value);
  form.set('body', body);
  form.set('spoken', spoken);
  for (const upload of uploads) form.append('file', upload);
  try {
    const answer = await fetch('/phone/messages', { method: 'POST', body: form });
    const result = await answer.json();
    if (!answer.ok) return complain(result.message);
    connection.textContent = `Webhook responded in ${result.milliseconds} ms`;
    if (result.hint) complain(result.hint);
    if (!result.accepted) {
      const reason = result.status ? `rejected with HTTP ${result.status}` : 'no response: is the app running?';
      conversation.refuse(result.messageSid, reason);
      complain(`The message was not accepted: ${reason}`);
    }
  } catch {
    complain('The message could not be sent: the local run does not respond.');
  }
}

function take() {
  const typed = text.value.trim();
  text.value = '';
  text.focus();
  return typed;
}

find('composer').addEventListener('submit', event => {
  event.preventDefault();
  const uploads = attached;
  attach([]);
  send({ body: take(), uploads });
});

text.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  find('composer').requestSubmit();
});

find('speak').addEventListener('click', () => send({ spoken: take() }));
find('attach').addEventListener('click', () => file.click());
find('detach').addEventListener('click', () => attach([]));
find('sample').addEventListener('click', async () => {
  const picture = await (await fetch('/phone/sample.jpg')).blob();
  attach([new File([picture], 'sample.jpg', { type: picture.type })]);
});
file.addEventListener('change', () => {
  attach([...file.files]);
  file.value = '';
});

record.addEventListener('click', async () => {
  complain('');
  try {
    if (recorder.isRecording()) await send({ uploads: [await recorder.stop()] });
    else await recorder.start();
  } catch (error) {
    complain(error.message);
  }
  record.setAttribute('aria-pressed', recorder.isRecording());
  record.textContent = recorder.isRecording() ? 'Stop and send' : 'Record';
});

member.addEventListener('change', listen);

const members = await (await fetch('/phone/members')).json();
member.replaceChildren(...members.map(({ name, phone }) => new Option(name, phone)));
listen();
