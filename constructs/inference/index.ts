export type { IModelBackend } from './model-backend';
