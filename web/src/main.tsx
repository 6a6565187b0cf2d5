import { render } from "preact";
import { apiBase } from "./api";
import { languageOf, load } from "./i18n/messages";
import { readOpening } from "./opening";
import { Parent, parentOrigins } from "./parent";
import "./styles.css";
import { App } from "./views/App";

// Before anything else: the token leaves the address.
const opening = readOpening(window);
const language = languageOf([opening.language, ...navigator.languages]);
const say = await load(language);
document.documentElement.lang = language;
document.body.classList.toggle("embedded", opening.embedded);

const listed = document.querySelector<HTMLMetaElement>('meta[name="framed-by"]')?.content ?? "";
const ancestor = location.ancestorOrigins?.[0] ?? "";
const origins = parentOrigins(ancestor, document.referrer, listed.split(" ").filter(Boolean));
const parent = opening.embedded ? new Parent(window, origins) : undefined;

const place = document.getElementById("connect") as HTMLElement;
render(
  <App
    base={apiBase(location)}
    language={opening.language && language}
    opening={opening}
    parent={parent}
    say={say}
  />,
  place,
);
