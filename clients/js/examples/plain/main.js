// In a popup, with a script and nothing else.
import { Carrick } from "@carrick/browser";

const status = document.querySelector("[role=status]");

// Your backend makes the session, for the user who is logged in.
const { host, token, integration } = await (await fetch("/connect-session", { method: "POST" })).json();
const carrick = new Carrick({ host, connectSessionToken: token });

document.querySelector("button").addEventListener("click", async () => {
  try {
    const { connectionId } = await carrick.auth(integration);
    status.textContent = `Connected: ${connectionId}`;
  } catch (error) {
    status.textContent = `${error.type}: ${error.message}`;
  }
});
