import { createApp } from '@backstage/frontend-defaults';

// Plugins in package.json are found by `app.packages: all`.
export default createApp();
