"""On a slow phone nothing jumps while a page comes: not its formulas, pictures or figures."""

import pytest

pytestmark = pytest.mark.browser

SLOWER = 4  # times; it shows what comes late, and the sum of the shifts does not depend on it
PHONE = {"width": 412, "height": 915}

# https://web.dev/articles/cls: here all shifts are added up, and not only the worst five seconds.
NOTE_SHIFTS = """
window.shifts = [];
const note = (list) => shifts.push(...list.map(({ value, hadRecentInput, sources }) =>
  [hadRecentInput ? 0 : value, sources.map(({ node }) => node?.outerHTML?.slice(0, 80))]));
const watch = new PerformanceObserver((list) => note(list.getEntries()));
watch.observe({ type: "layout-shift", buffered: true });
window.allShifts = () => { note(watch.takeRecords()); return shifts; };
"""


PAGES = ["book/intro", "notebooks/04_differentiate_the_read", "notebooks/07_ask_what_theta_means"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_still_while_it_comes_on_a_slow_phone(visit, name):
    tour = visit("404.html", viewport=PHONE, is_mobile=True, has_touch=True)
    tour.context.add_init_script(NOTE_SHIFTS)
    client = tour.context.new_cdp_session(tour.page)
    client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    tour.open(f"{name}.html").ready()
    assert tour.figures()
    shifts = tour.page.evaluate("allShifts()")
    assert sum(value for value, _ in shifts) <= 0.05, shifts
