"""The page in a real browser, served by a real process, with the bridge's own ingest behind it."""

import itertools
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from server.texts import LANGUAGES
from server.trial.ports import free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE_S = 60
UNIT = "Kokkolan terveysasema"


@pytest.fixture
def address(press, settings, repository) -> Iterator[str]:
    """Give the address of a server process on the county's database."""
    port = free_port()
    given = {"HYMIO_DATA": str(settings.data), "HYMIO_DATABASE": settings.database}
    given |= {"HYMIO_HTTP_PORT": str(port), "PYTHONPATH": str(repository)}
    code = "import os; from server import app, settings; app.serve(settings.from_environment(os.environ))"
    process = subprocess.Popen([sys.executable, "-c", code], env=os.environ | given)
    address = f"http://127.0.0.1:{port}/"
    wait_until_healthy(address, process)
    yield address
    process.terminate()
    assert process.wait(60) in (0, -15)


@pytest.fixture(scope="module")
def chromium():
    assert CHROMIUM, "The page test needs Chromium: apt-get install chromium"
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium) -> Iterator[Page]:
    """Give a page on which any complaint of the browser, such as a breach of the content policy, fails the test."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE_S * 1000)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    assert complaints == []


def wait_until_healthy(address: str, process: subprocess.Popen) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        assert process.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(f"{address}healthz", timeout=2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server does not answer")


def test_a_press_appears_without_reload(page, address, press):
    page.goto(f"{address}?lang=en")
    expect(page.locator("#status")).to_have_class("status live")
    expect(page.get_by_text("None yet. Press a button")).to_be_visible()

    press(answers={"smiley": 5}, at=int(time.time()) - 2)

    expect(page.locator("[data-press]")).to_have_count(1)
    expect(page.locator("[data-press] .answer b")).to_have_text("very good")
    expect(page.locator("#announcement")).to_contain_text("very good")
    expect(page.locator('[data-part="unit-kokkola"] .figure')).to_contain_text("Smiley index 100")
    expect(page.locator('[data-part="unit-kokkola"] .figure')).to_contain_text("1 response")


def test_an_undone_press_disappears(page, address, press):
    press(at=int(time.time()) - 2)
    page.goto(f"{address}?lang=en")
    expect(page.locator("[data-press]")).to_have_count(1)

    press(undoes=1, at=None)

    expect(page.locator("[data-press]")).to_have_count(0)


def test_the_languages_switch_and_are_marked(page, address, press):
    press()
    page.goto(address + "?lang=fi")

    for language, name, heading in (
        ("sv", "Svenska", "Enheter"),
        ("en", "English", "Units"),
        ("fi", "Suomi", "Yksiköt"),
    ):
        page.get_by_role("link", name=name).click()
        expect(page.locator("#units")).to_have_text(heading)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator(".languages [aria-current]")).to_have_attribute("lang", language)


def test_a_name_in_another_language_says_which(page, address, press):
    page.goto(f"{address}?lang=en")

    expect(page.locator('[data-part="unit-kokkola"] h3 span')).to_have_attribute("lang", "fi")


def test_nothing_is_wider_than_the_screen(page, address, press):
    for value in (1, 2, 3, 4, 5):
        press(answers={"smiley": value, "nps": value, "helped": value}, flags=["repeat"] if value == 3 else [])

    for width, language in itertools.product((320, 390, 1280), LANGUAGES):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{address}?lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, language)


def test_the_links_of_the_languages_look_alike(page, address):
    page.goto(f"{address}?lang=en")

    sizes = [page.get_by_role("link", name=name).evaluate("link => getComputedStyle(link).fontSize") for name in NAMES]
    assert len(set(sizes)) == 1


NAMES = ("Suomi", "Svenska", "English")


def test_the_keyboard_shows_where_it_is(page, address):
    page.goto(address)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_every_text_stands_out_from_its_ground(page, address, press):
    for value in range(1, 6):
        press(answers={"smiley": value, "nps": 2 * value})

    for language in LANGUAGES:
        page.goto(f"{address}?lang={language}")
        expect(page.locator("#status")).to_have_class("status live")
        assert page.evaluate(WEAK_TEXTS) == []


# Contrast by WCAG 2.2, from the colours that the browser computed, for each element that holds a text of its own.
WEAK_TEXTS = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const channel = (value) => value <= 10.314 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const holdsText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return [...document.body.querySelectorAll("*")].filter(holdsText).filter((element) => {
    const [one, other] = [light(numbers(getComputedStyle(element).color)), light(ground(element))];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) < 4.5;
  }).map((element) => element.className + ": " + element.textContent.trim());
}"""


def test_without_javascript_the_page_stands_still_and_says_so(chromium, address, press):
    press()
    page = chromium.new_context(java_script_enabled=False).new_page()

    page.goto(f"{address}?lang=en")

    expect(page.locator("#status")).to_contain_text("reload the page")
    expect(page.locator("[data-press]")).to_have_count(1)
    expect(page.locator('[data-part="unit-kokkola"] .figure')).to_be_visible()
    page.close()
