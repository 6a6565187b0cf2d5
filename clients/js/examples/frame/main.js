// The Connect page over this one: a person picks what to connect.
import { Carrick } from "@carrick/browser";

const status = document.querySelector("[role=status]");

// Where your Carrick is; this example is told in its address.
const carrick = new Carrick({ host: location.hash.slice(1) });

document.querySelector("button").addEventListener("click", async () => {
  const ui = carrick.openConnectUI({
    onEvent: ({ type, payload }) => {
      if (type === "connect") status.textContent = `Connected: ${payload.connectionId}`;
      if (type === "error") status.textContent = payload.errorType;
    },
  });
  // The page opens at once; your backend makes the session meanwhile.
  const { token } = await (await fetch("/connect-session", { method: "POST" })).json();
  ui.setSessionToken(token);
});
