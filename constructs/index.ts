export * from './audit';
export * from './core';
export * from './identity';
export * from './inference';
export * from './registry';
