import { defineConfig } from 'vitest/config';

const shared = {
  globals: true,
  isolate: false,
  setupFiles: ['aws-cdk-lib/testhelpers/jest-autoclean'],
  testTimeout: 240_000,
};

export default defineConfig({
  test: {
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: 'reports/vitest.json' }]] : ['default'],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/{constructs,lib}/**/*.test.ts'],
          env: { CDK_VALIDATION: 'false' },
        },
      },
      { test: { ...shared, name: 'policy', include: ['test/{policy,synth}/**/*.test.ts'] } },
    ],
  },
});
