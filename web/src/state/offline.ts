/** Keeps the page and the form's data for use without a connection. */
export async function keepForOffline(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register('/sw.js');
    const ready = await navigator.serviceWorker.ready;
    const used = performance.getEntriesByType('resource').map((entry) => new URL(entry.name)).filter((url) => url.origin === location.origin
      && (url.pathname.startsWith('/assets/') || /\/(runs|village-decisions|places\/items)$/.test(url.pathname) || /^\/api\/(session|projects(\/[^/]+)?)$/.test(url.pathname)));
    ready.active?.postMessage({ keep: ['/', '/favicon.svg', ...new Set(used.map((url) => url.pathname + url.search))] });
  } catch {
    // Without a service worker the form works while the page stays open; reports are kept all the same.
  }
}

/** Removes what was kept, for example at sign-out from a shared phone. */
export async function forgetOffline(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  registration?.active?.postMessage({ forget: true });
}
