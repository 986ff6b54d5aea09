export { ClientDirectory, type ClientDirectoryProps } from './client-directory';
export { ServiceClient, type ServiceClientProps } from './service-client';
export { type CognitoIssuerProps, type OidcIssuerProps, TokenIssuer } from './token-issuer';
