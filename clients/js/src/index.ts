/** Connect accounts of your users from a web page, with Carrick. */
export { Carrick } from "./carrick.js";
export { ConnectUI } from "./connect-ui.js";
export { AuthError, type AuthErrorType } from "./errors.js";
export { completeRedirect } from "./returning.js";
export type {
  AuthEvent,
  AuthOptions,
  CarrickOptions,
  Connection,
  ConnectUIEvent,
  ConnectUIOptions,
  Credentials,
} from "./types.js";
