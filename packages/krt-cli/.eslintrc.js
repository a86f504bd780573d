module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  rules: {
    // The package ships one bundled file: what it imports is needed to build it, never to install it.
    '@backstage/no-undeclared-imports': 'off',
    'import/no-extraneous-dependencies': ['error', { devDependencies: true }],
  },
});
