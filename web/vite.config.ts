import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** The service that `npm run dev` forwards to: the real binary or `npm run mock`. */
const service = process.env.PHUSONG_SERVICE ?? 'http://127.0.0.1:8080';
const forward = { target: service, changeOrigin: false };

/** Leaves a `.br` beside every script, style and drawing of the build, pressed as far as Brotli goes: the service hands them out as they are. */
function pressed() {
  let folder = 'dist';
  return {
    name: 'pressed',
    apply: 'build' as const,
    configResolved(config: { root: string; build: { outDir: string } }) { folder = resolve(config.root, config.build.outDir, 'assets'); },
    closeBundle() {
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (/\.(m?js|css|svg)$/.test(name)) writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)));
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte(), pressed()],
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
