export * from './core';
export * from './identity';
export * from './inference';
