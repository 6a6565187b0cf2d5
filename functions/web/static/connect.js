// The Connect page: pick an integration, fill in what it needs, go to the provider.
//
// The session token leaves the address before the first request. It stays with this entry of the
// tab's history, where only this page can read it: so reloading works, and coming back does.

const main = document.getElementById("main");
const token = new URL(location.href).searchParams.get("session_token") ?? history.state?.token ?? "";
history.replaceState({ token }, "", location.pathname);

// Auth modes that need no redirect, and where what a person fills in is sent.
const FORMS = {
  API_KEY: "/api-auth/api-key",
  BASIC: "/api-auth/basic",
  NONE: "/auth/unauthenticated",
  OAUTH2_CC: "/oauth2/auth",
  TWO_STEP: "/auth/two-step",
};

/** An element with attributes and children; text is always set as text. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** Show a view. Its heading gets the focus, so that a screen reader begins there. */
function show(...children) {
  main.replaceChildren(...children.filter((child) => child !== undefined));
  main.removeAttribute("aria-busy");
  const heading = main.querySelector("h1");
  document.title = heading.textContent;
  heading.focus();
}

function title(text) {
  return element("h1", { tabindex: "-1" }, text);
}

function fail(heading, text) {
  show(title(heading), element("p", { class: "quiet" }, text));
}

function explain(error) {
  if (error.status === 401) return fail("This link has expired", "Go back to the application and start again.");
  fail("Something went wrong", error.message);
}

async function get(path) {
  return (await ask(path, { headers: { authorization: `Bearer ${token}` } })).data;
}

async function ask(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.error?.message ?? "The request failed."), { status: answer.status });
  return body;
}

function showList(integrations, session) {
  const items = integrations.map((integration) =>
    element("li", {}, element("button", { type: "button", onclick: () => open(integration, session, integrations).catch(explain) },
      element("span", { class: "mark", "aria-hidden": "true" }, integration.display_name.slice(0, 1).toUpperCase()),
      integration.display_name)));
  show(title("Connect an account"), element("ul", { class: "list" }, ...items));
}

async function open(integration, session, integrations) {
  const provider = await get(`/providers/${encodeURIComponent(integration.provider)}`);
  const presets = session.integrations_config_defaults?.[integration.unique_key]?.connection_config ?? {};
  const known = new Set([...Object.keys(presets), ...(integration.preconfigured_credentials ?? [])]);
  const path = FORMS[provider.auth_mode];
  const inputs = [
    ...fields(provider.connection_config, known, "params"),
    ...(path ? fields(provider.credentials, known, "credentials") : []),
  ];
  // Not checked by the browser, whose messages know nothing of the provider's formats.
  const form = element("form", { novalidate: true, onsubmit: (event) => submit(event, inputs, integration, path) },
    ...inputs.map(({ view }) => view),
    element("p", { class: "quiet" }, path ? "" : `You will sign in at ${provider.display_name ?? integration.display_name}. `,
      "Only continue if you started this yourself."),
    element("p", { class: "error", role: "alert", hidden: true, id: "refusal" }),
    element("button", { class: "primary" }, path ? "Connect" : "Continue"));
  const back = integrations.length > 1
    ? element("button", { type: "button", class: "back", onclick: () => showList(integrations, session) }, "← All accounts")
    : undefined;
  show(back, title(`Connect ${integration.display_name}`), form);
}

/** The inputs for what an entry declares and nobody has given yet. */
function fields(declared, known, group) {
  return Object.entries(declared ?? {})
    .filter(([name, field]) => !field.automated && !field.hidden && !known.has(name))
    .sort(([, a], [, b]) => (a.order ?? 99) - (b.order ?? 99))
    .map(([name, field]) => ({ ...input(name, field), group }));
}

/** A field of the form: its view, its control, and what is wrong with its value. */
function input(name, field) {
  const id = `field-${name}`;
  const hint = field.description
    ? element("p", { class: "quiet", id: `${id}-hint` }, field.description)
    : undefined;
  const error = element("p", { class: "error", id: `${id}-error`, hidden: true });
  const attributes = {
    id,
    name,
    "aria-describedby": [hint?.id, error.id].filter(Boolean).join(" "),
    "aria-required": field.optional ? undefined : "true",
    placeholder: field.example,
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    type: field.secret ? "password" : "text",
  };
  const control = field.enum?.length
    ? element("select", attributes, ...field.enum.map((value) => element("option", { value }, value)))
    : element("input", attributes);
  if (field.default_value) control.value = field.default_value;
  const view = element("div", { class: "field" },
    element("label", { for: id }, field.title || name, field.optional ? " (optional)" : ""),
    element("div", { class: "affixed" },
      field.prefix ? element("span", {}, field.prefix) : undefined,
      control,
      field.suffix ? element("span", {}, field.suffix) : undefined),
    hint, error);
  return { view, control, error, problem: () => problem(control.value.trim(), field) };
}

function problem(value, field) {
  if (value === "") return field.optional ? "" : "This is needed.";
  if (!field.pattern || new RegExp(field.pattern).test(value)) return "";
  return field.example ? `This does not fit. An example: ${field.example}` : "This does not fit.";
}

function submit(event, inputs, integration, path) {
  event.preventDefault();
  const wrong = inputs.filter(({ control, error, problem }) => {
    error.textContent = problem();
    error.hidden = error.textContent === "";
    control.setAttribute("aria-invalid", String(!error.hidden));
    return !error.hidden;
  });
  if (wrong.length > 0) return wrong[0].control.focus();
  const target = new URL(`${path ?? "/oauth/connect"}/${encodeURIComponent(integration.unique_key)}`, location.origin);
  target.searchParams.set("connect_session_token", token);
  const credentials = {};
  for (const { control, group } of inputs) {
    const value = control.value.trim();
    if (group === "credentials") credentials[control.name] = value;
    else if (value !== "") target.searchParams.set(`params[${control.name}]`, value);
  }
  if (path) return send(target, credentials, event.submitter);
  location.assign(target);
}

/** Connect with what was filled in; what the broker refuses is said above the button. */
async function send(target, credentials, button) {
  const refusal = document.getElementById("refusal");
  button.disabled = refusal.hidden = true;
  try {
    await ask(target, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(credentials),
    });
    show(title("Connected"), element("p", { class: "quiet" }, "You can close this window."));
  } catch (error) {
    if (error.status === 401) return explain(error);
    refusal.textContent = error.message;
    refusal.hidden = button.disabled = false;
  }
}

async function begin() {
  if (!token) return fail("This page cannot be opened directly", "Open it from the application you want to connect.");
  const session = await get("/connect/session");
  const integrations = await get("/integrations");
  if (integrations.length === 0) return fail("There is nothing to connect", "The application offers no accounts yet.");
  if (integrations.length === 1) return open(integrations[0], session, integrations);
  showList(integrations, session);
}

begin().catch(explain);
