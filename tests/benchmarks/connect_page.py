"""The Connect page in a browser: how soon its list can be used, and what is loaded for it."""

import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Route

from tests.benchmarks.report import Line, at_most
from tests.e2e.browser import chromium
from tests.e2e.carrick_process import ROOT, CarrickProcess, free_port

STATIC = ROOT / "functions/web/static"
INTEGRATIONS = 1_100
OPENINGS = 7
FIRST_LOAD_KB = 60
MILLISECONDS = 1_000.0

# From the address to a list that answers a key: the time is the browser's own.
FOUND = """async () => {
  const search = document.querySelector("input[type=search]");
  search.value = "product 1099";
  search.dispatchEvent(new InputEvent("input", { bubbles: true }));
  while (document.querySelectorAll("li").length !== 1) await new Promise(requestAnimationFrame);
  return performance.now();
}"""


def measure() -> list[Line]:
    """Open the page with 1,100 integrations, each time in a browser that knows nothing of it.

    The best of the openings: what the others took longer is the machine's.
    """
    with tempfile.TemporaryDirectory() as folder:
        carrick = CarrickProcess(Path(folder), free_port())
        carrick.start()
        try:
            session = carrick.must("POST", "/connect/sessions", {"end_user": {"id": "ada"}})
            with chromium() as browser:
                times = list(_times(browser, session["data"]["connect_link"]))
        finally:
            carrick.stop()
    what = f"Connect page, {INTEGRATIONS:,} integrations: list in use"
    scripts = sum(len(gzip.compress(path.read_bytes())) for path in STATIC.glob("connect-*.js"))
    return [
        at_most(what, MILLISECONDS, min(times), " ms", digits=0),
        at_most("Connect page: JavaScript, gzipped", FIRST_LOAD_KB, scripts / 1_024, " KB"),
    ]


def _times(browser: Browser, link: str) -> Iterator[float]:
    rows = [_integration(number) for number in range(1, INTEGRATIONS + 1)]
    body = json.dumps({"data": rows})

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="application/json")

    for _ in range(OPENINGS):
        context = browser.new_context()
        context.route("**/integrations", answer)
        page = context.new_page()
        page.goto(link, wait_until="commit")
        page.wait_for_selector("li")
        yield page.evaluate(FOUND)
        context.close()


def _integration(number: int) -> dict[str, Any]:
    name = f"Product {number:04}"
    return {"unique_key": f"product-{number}", "provider": "demo", "display_name": name}
