export { type IPlatformNetwork, PlatformNetwork, type PlatformNetworkProps } from './platform-network';
