import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** The service that `npm run dev` forwards to: the real binary or `npm run mock`. */
const service = process.env.PHUSONG_SERVICE ?? 'http://127.0.0.1:8080';
const forward = { target: service, changeOrigin: false };

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    // Fonts and icons stay files: `data:` addresses would need a looser content security policy.
    assetsInlineLimit: 0,
    // MapLibre is one large module by design and arrives after the first paint.
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': forward, '/ogc': forward } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
