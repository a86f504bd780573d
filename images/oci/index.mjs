export { cachedLayer, keyOf } from './cachedLayer.mjs';
export { directory, file, symlink, text, tree } from './entries.mjs';
export { ARCHITECTURE, writeImage } from './writeImage.mjs';
export { writeTar } from './writeTar.mjs';
