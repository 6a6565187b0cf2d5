// By leaving the page and coming back to it, as telephones and in-app browsers like it.
import { AuthError, Carrick, completeRedirect } from "@carrick/browser";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

// Where the browser comes back to: before anything is drawn, and once.
const returned = completeRedirect();

function Accounts() {
  const [status, setStatus] = useState("");

  useEffect(() => {
    returned
      .then((connection) => connection && setStatus(`Connected: ${connection.connectionId}`))
      .catch(({ type }: AuthError) => setStatus(type));
  }, []);

  async function connect() {
    const made = await fetch("/connect-session?return_url=/react/", { method: "POST" });
    const { host, token, integration } = await made.json();
    await new Carrick({ host, connectSessionToken: token }).auth(integration, { mode: "redirect" });
  }

  return (
    <main>
      <h1>Accounts</h1>
      <button type="button" onClick={connect}>Connect</button>
      <p role="status">{status}</p>
    </main>
  );
}

createRoot(document.getElementById("app")!).render(<Accounts />);
