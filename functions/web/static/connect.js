// The Connect page: pick an integration, fill in what it needs, go to the provider.
// The session token stays in this module: it leaves the address bar before the first request.

const main = document.getElementById("main");
const address = new URL(location.href);
const token = address.searchParams.get("session_token") ?? "";
history.replaceState(null, "", location.pathname);

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

function show(...children) {
  main.replaceChildren(...children);
  main.removeAttribute("aria-busy");
  main.querySelector("h1, input, button")?.focus();
}

function fail(title, text) {
  show(element("h1", { role: "alert", tabindex: "-1" }, title), element("p", { class: "quiet" }, text));
}

async function get(path) {
  const answer = await fetch(path, { headers: { authorization: `Bearer ${token}` } });
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.error?.message ?? "The request failed."), { status: answer.status });
  return body.data;
}

function monogram(name) {
  return element("span", { class: "mark", "aria-hidden": "true" }, name.slice(0, 1).toUpperCase());
}

function showList(integrations, session) {
  const items = integrations.map((integration) =>
    element("li", {}, element("button", { type: "button", onclick: () => open(integration, session, integrations) },
      monogram(integration.display_name), integration.display_name)));
  show(element("h1", { tabindex: "-1" }, "Connect an account"), element("ul", { class: "list" }, ...items));
}

async function open(integration, session, integrations) {
  const provider = await get(`/providers/${encodeURIComponent(integration.provider)}`);
  const presets = session.integrations_config_defaults?.[integration.unique_key]?.connection_config ?? {};
  const fields = Object.entries(provider.connection_config ?? {})
    .filter(([name, field]) => !field.automated && !field.hidden && !(name in presets))
    .sort(([, a], [, b]) => (a.order ?? 99) - (b.order ?? 99));
  const form = element("form", { onsubmit: (event) => start(event, integration) },
    ...fields.map(([name, field]) => input(name, field)),
    element("p", { class: "quiet" }, `You will sign in at ${provider.display_name ?? integration.display_name}. `
      + "Only continue if you started this yourself."),
    element("button", { class: "primary" }, "Continue"));
  const back = integrations.length > 1
    ? element("button", { type: "button", class: "back", onclick: () => showList(integrations, session) }, "← All accounts")
    : undefined;
  show(...[back, element("h1", { tabindex: "-1" }, `Connect ${integration.display_name}`), form].filter(Boolean));
}

function input(name, field) {
  const attributes = {
    name,
    required: !field.optional,
    placeholder: field.example,
    autocomplete: "off",
    spellcheck: "false",
    type: field.secret ? "password" : "text",
  };
  const control = field.enum?.length
    ? element("select", attributes, ...field.enum.map((value) => element("option", { value }, value)))
    : element("input", attributes);
  if (field.default_value) control.value = field.default_value;
  return element("label", {}, field.title || name,
    element("span", { class: "affixed" }, field.prefix ?? "", control, field.suffix ?? ""),
    field.description ? element("span", { class: "quiet" }, field.description) : undefined);
}

function start(event, integration) {
  event.preventDefault();
  const target = new URL(`/oauth/connect/${encodeURIComponent(integration.unique_key)}`, location.origin);
  target.searchParams.set("connect_session_token", token);
  for (const [name, value] of new FormData(event.target)) {
    if (value !== "") target.searchParams.set(`params[${name}]`, value);
  }
  location.assign(target);
}

async function begin() {
  if (!token) return fail("This page cannot be opened directly", "Open it from the application you want to connect.");
  try {
    const session = await get("/connect/session");
    const integrations = await get("/integrations");
    if (integrations.length === 0) return fail("There is nothing to connect", "The application offers no accounts yet.");
    if (integrations.length === 1) return await open(integrations[0], session, integrations);
    showList(integrations, session);
  } catch (error) {
    if (error.status === 401) return fail("This link has expired", "Go back to the application and start again.");
    fail("Something went wrong", error.message);
  }
}

begin();
