import { useLayoutEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import { madeFor, presetFields } from "../form/fields";
import { type Form, keyOf, postPath, problemWith } from "../form/values";
import type { Say } from "../i18n/messages";
import type { Connected, Defaults, Integration, Provider, Session } from "../wire";
import { FieldInput } from "./FieldInput";
import { Heading, monogram } from "./Screen";
import { type Ending, useConnecting } from "./useConnecting";
import { useForm } from "./useForm";
import { Waiting } from "./Waiting";

export interface FormProps {
  api: Api;
  session: Session;
  integration: Integration;
  provider: Provider;
  defaults: Defaults;
  byPopup: boolean;
  detectClosedWindow: boolean;
  say: Say;
  onBack: (() => void) | undefined;
  onDirty(isDirty: boolean): void;
  onConnected(connected: Connected): void;
  onEnding(ending: Ending): void;
}

/** What an integration asks for, and the button that goes on. */
export function ConnectForm(props: FormProps) {
  const { session, integration, provider, defaults, say } = props;
  const form = useForm(integration, provider, defaults);
  const [externalId] = useState(() =>
    madeFor(provider, defaults) ? crypto.randomUUID() : undefined,
  );
  const connecting = useConnecting(props);
  const name = integration.display_name;
  const isPosted = postPath(provider) !== undefined;
  const misfits = presetFields(provider, defaults).filter(([field, value]) =>
    problemWith(field, value),
  );
  useLayoutEffect(() => props.onDirty(form.isDirty), [form.isDirty]);

  if (connecting.waiting) return <Waiting {...connecting.waiting} name={name} say={say} />;

  const submit = (event: Event) => {
    event.preventDefault();
    if (connecting.isBusy || misfits.length > 0 || !form.check()) return;
    const { fields, values } = form;
    const filled: Form = { integration, provider, defaults, fields, values };
    connecting.begin(externalId ? { ...filled, externalId } : filled);
  };
  const docs = session.overrides?.[integration.unique_key]?.docs_connect ?? provider.docs_connect;
  return (
    <>
      {props.onBack && (
        <button type="button" class="back" onClick={props.onBack}>
          <span aria-hidden="true">← </span>
          {say("all")}
        </button>
      )}
      <Heading
        text={say(session.isReconnecting ? "reconnectName" : "connectName", { name })}
        mark={monogram(name)}
      />
      {session.isReconnecting && <p class="quiet">{say("sameAccount")}</p>}
      {/* Not checked by the browser, whose messages know nothing of the provider's formats. */}
      <form noValidate onSubmit={submit}>
        {form.visible.map((field) => (
          <FieldInput
            key={keyOf(field)}
            field={field}
            value={form.values[keyOf(field)] ?? ""}
            problem={form.problemOf(field)}
            say={say}
            onChange={(value) => form.change(field, value)}
            onLeave={() => form.leave(field)}
          />
        ))}
        {externalId && <ExternalId value={externalId} say={say} />}
        {docs && form.visible.length > 0 && <DocsLink href={docs} say={say} />}
        <Consent {...{ session, integration, provider, isPosted, say }} />
        <p class="error" role="alert" hidden={!connecting.refusal && misfits.length === 0}>
          {misfits.length > 0
            ? say("presetMisfit", {
                title: misfits.map(([{ title, name }]) => title ?? name).join(", "),
              })
            : connecting.refusal}
        </p>
        <button type="submit" class="primary" aria-disabled={connecting.isBusy}>
          {connecting.isBusy ? say("waitingHere") : say(isPosted ? "connect" : "continue")}
        </button>
      </form>
    </>
  );
}

interface ConsentProps {
  session: Session;
  integration: Integration;
  provider: Provider;
  isPosted: boolean;
  say: Say;
}

/** Where this leads, what is asked for, and whom it should surprise (requirement 22). */
function Consent({ session, integration, provider, isPosted, say }: ConsentProps) {
  const application = session.connectUISettings.applicationName;
  const asked = integration.scopes?.length ? integration.scopes : provider.default_scopes;
  const scopes = isPosted ? [] : (asked ?? []);
  const name = provider.display_name ?? integration.display_name;
  return (
    <div class="consent quiet">
      {scopes.length > 0 && (
        <>
          <p>{say("scopes", { application: application ?? say("theApplication") })}</p>
          <ul class="scopes">
            {scopes.map((scope) => (
              <li key={scope}>{scope}</li>
            ))}
          </ul>
        </>
      )}
      <p>
        {!isPosted && `${say("goingTo", { name })} `}
        {application ? say("consentIn", { application }) : say("consent")}
      </p>
    </div>
  );
}

function DocsLink({ href, say }: { href: string; say: Say }) {
  if (!/^https?:\/\//.test(href)) return null;
  return (
    <a class="docs" href={href} target="_blank" rel="noopener noreferrer">
      {say("help")}
      <span class="unseen"> ({say("opensWindow")})</span>
    </a>
  );
}

function ExternalId({ value, say }: { value: string; say: Say }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(value).then(
      () => setCopied(true),
      () => {},
    );
  return (
    <div class="field">
      <label for="external-id">{say("externalId")}</label>
      <div class="affixed">
        <input id="external-id" readOnly value={value} aria-describedby="external-id-hint" />
        <button type="button" class="reveal" onClick={copy}>
          {say(isCopied ? "copied" : "copy")}
        </button>
      </div>
      <p class="quiet" id="external-id-hint">
        {say("externalIdHint")}
      </p>
    </div>
  );
}
