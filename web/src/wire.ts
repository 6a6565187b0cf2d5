// What the API answers, as far as this page reads it (docs/api/openapi.yaml).

export type Theme = "light" | "dark" | "system";

export interface Settings {
  showWatermark: boolean;
  defaultTheme: Theme;
  theme: { light: { primary: string }; dark: { primary: string } };
  applicationName?: string;
  logo?: string;
}

export interface Result {
  status: "success" | "unconfirmed" | "error";
  integration_id: string;
  connection_id?: string;
  error_type?: string;
  error_description?: string;
  ended_at: string;
}

export interface Defaults {
  connection_config?: Record<string, string>;
  authorization_params?: Record<string, string>;
}

export interface Session {
  connectUISettings: Settings;
  websocketsPath?: string;
  allowed_integrations?: string[];
  allowed_origins?: string[];
  integrations_config_defaults?: Record<string, Defaults>;
  overrides?: Record<string, { docs_connect?: string }>;
  isReconnecting?: boolean;
  result?: Result;
}

export interface Integration {
  unique_key: string;
  provider: string;
  display_name: string;
  scopes?: string[];
  credentials_label?: { apiKey?: string };
  preconfigured_credentials?: string[];
}

/** One field of a provider's schema (contract §12.4). */
export interface InputField {
  title?: string;
  description?: string;
  example?: string;
  pattern?: string;
  format?: string;
  enum?: string[];
  order?: number;
  default_value?: string;
  prefix?: string;
  suffix?: string;
  doc_section?: string;
  secret?: boolean;
  hidden?: boolean;
  optional?: boolean;
  automated?: boolean;
  warnings?: Record<string, string>;
  visible_when?: { field: string; equals: string };
}

export type Inputs = Record<string, InputField>;

export interface Provider {
  name: string;
  display_name?: string;
  auth_mode: string;
  docs_connect?: string;
  default_scopes?: string[];
  installation?: string;
  token_request_auth_method?: string;
  require_client_certificate?: boolean;
  connection_config?: Inputs;
  credentials?: Inputs;
  integration_config?: Inputs;
  assertion_option?: Inputs;
}

/**
 * What a connection that was made is called. `confirmCode` is what the application's backend makes
 * one of where the session asks for a word more; `returnTo` is where the application wants it.
 */
export interface Connected {
  providerConfigKey: string;
  connectionId: string;
  isPending: boolean;
  confirmCode?: string;
  returnTo?: string;
}
