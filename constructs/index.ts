export * from './audit';
export * from './core';
export * from './features';
export * from './gateway';
export * from './identity';
export * from './inference';
export * from './registry';
