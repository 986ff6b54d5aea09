export * from './core';
export * from './inference';
