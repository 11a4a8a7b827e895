import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The console serves what is built here; `dist/page` is the root of its files.
export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['@ratchet/source', 'module', 'browser', 'production'] },
  build: { outDir: 'dist/page', emptyOutDir: true, sourcemap: false, chunkSizeWarningLimit: 700, assetsInlineLimit: 0 },
  // The nonce of each answer is written in its place by the console.
  html: { cspNonce: '__NONCE__' },
});
