import { createApp } from '@backstage/frontend-defaults';
import { signInModule } from './signIn';

// Plugins in package.json are found by `app.packages: all`.
export default createApp({ features: [signInModule] });
