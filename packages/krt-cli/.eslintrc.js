const config = require('@backstage/cli/config/eslint-factory')(__dirname, {
  rules: {
    // The package ships one bundled file: what it imports is needed to build it, never to install it.
    '@backstage/no-undeclared-imports': 'off',
    'import/no-extraneous-dependencies': ['error', { devDependencies: true }],
  },
});

module.exports = {
  ...config,
  overrides: [
    ...config.overrides,
    {
      // Tests talk to the portal itself, on the cluster its own tests use, which is not part of what it ships.
      files: ['src/__testUtils__/**/*.ts'],
      rules: { '@backstage/no-forbidden-package-imports': 'off' },
    },
  ],
};
