// Lets the report form open without a connection. Registered only by people who use the form. The page and its files are answered from the
// cache first; the few answers that the form reads are fetched, and remembered for when they cannot be.
const CACHE = 'phusong-1';
const REMEMBERED = [/^\/api\/session$/, /^\/api\/projects$/, /^\/api\/projects\/[^/]+$/, /^\/api\/projects\/[^/]+\/(runs|village-decisions|signal-reports)$/, /^\/ogc\/[^/]+\/collections\/places\/items$/];

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const { keep, forget } = event.data ?? {};
  if (forget) event.waitUntil(caches.delete(CACHE));
  if (Array.isArray(keep)) event.waitUntil(caches.open(CACHE).then((cache) => Promise.allSettled(keep.map((address) => cache.add(address)))));
});

async function remembered(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const known = await cache.match(request);
    if (known) return known;
    throw error;
  }
}

async function file(request) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (pathname.startsWith('/assets/') || pathname === '/favicon.svg') event.respondWith(file(request));
  else if (request.mode === 'navigate' && pathname === '/') event.respondWith(remembered(new Request('/', { credentials: 'same-origin' })));
  else if (REMEMBERED.some((pattern) => pattern.test(pathname))) event.respondWith(remembered(request));
});
