import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: './e2e-tests',
  outputDir: '../../e2e-test-report',
  // One portal, one story: tests of a file build on each other.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json']],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
});
