// Caches the page's files for use without a network. It does not cache the API's data.

const CACHE = 'familypa-board-{version}';
const PAGE = '/board';
const ICON = '/board/icon.svg';
const FILES = "{files}";

addEventListener('install', event => {
  skipWaiting();
  event.waitUntil(caches.open(CACHE).then(cache => cache.addAll([PAGE, ICON, ...FILES])));
});

addEventListener('activate', event => event.waitUntil((async () => {
  for (const name of await caches.keys())
    if (name !== CACHE) await caches.delete(name);
  await clients.claim();
})()));

addEventListener('fetch', event => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  else if (FILES.includes(pathname)) event.respondWith(caches.match(pathname).then(kept => kept ?? fetch(request)));
  else if (pathname === ICON) event.respondWith(fetch(request).catch(() => caches.match(ICON)));
});
