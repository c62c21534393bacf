"""A built page, opened in a browser, and what stands on it."""


class Visit:
    """A page that has been opened and scrolled through, with all that went wrong on it."""

    def __init__(self, chromium, address: str, **options):
        self.requests, self.errors = [], []
        self.context = chromium.new_context(**options)
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.goto(address)

    def until(self, condition: str, arg=None):
        """Waits for a function of JavaScript; Playwright's own waiting would need ``eval``."""
        for _ in range(1500):
            if self.page.evaluate(condition, arg):
                return
            self.page.wait_for_timeout(20)
        raise TimeoutError(condition)

    def wake_all(self):
        """Scrolls to each chart, so that all are drawn by the page's own runtime."""
        self.page.mouse.move(1, 1)
        for figure in self.page.query_selector_all("figure.chart"):
            figure.scroll_into_view_if_needed()
        self.until("() => !document.querySelector('figure.chart:not([data-awake])')")
        return self

    def marks(self) -> dict:
        """Every drawn mark, and the words on the axes, by chart."""
        return self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('figure.chart')].map(f =>
            [f.id, [...f.querySelectorAll('.plot svg .role-mark :not(g):not(tspan)')].map(n =>
              n.outerHTML).concat([...f.querySelectorAll('.role-axis-label text')].map(n =>
              n.textContent + n.getAttribute('opacity'))).sort()]))"""
        )

    def numbers(self) -> dict:
        return self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('data.live')].map(n =>
            [n.dataset.number, n.textContent]))"""
        )

    def tables(self) -> dict:
        return self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll('figure.chart')].map(f =>
            [f.id, [...f.querySelectorAll('.values tbody tr')].map(r =>
              [...r.cells].map(c => c.textContent))]))"""
        )

    def fixed(self, names) -> list[str]:
        """Charts that depend on none of the assumptions ``names``."""
        return self.page.evaluate(
            """names => Object.entries(window.page.data.charts).filter(([id, chart]) =>
            !chart.signals.some(s => names.includes(s.name))).map(([id]) => id)""",
            list(names),
        )

    def assume(self, values: dict[str, float]):
        """Types every one of ``values`` into the page's table of assumptions."""
        self.page.evaluate("document.querySelector('details.assumptions').open = true")
        for name, value in values.items():
            field = f"[data-assumption='{name}'] input[type=number]"
            self.page.fill(field, repr(value))
        return self.settled(values)

    def settled(self, values: dict[str, float]):
        """Waits until the whole page has been recomputed with ``values``."""
        self.until(
            """wanted => {
              const now = JSON.parse(document.documentElement.dataset.computed || '{}');
              return Object.entries(wanted).every(([name, value]) => now[name] === value) }""",
            values,
        )
        self.page.wait_for_timeout(300)
        return self


def address(folder, chapter: str) -> str:
    return (folder / "chapters" / f"{chapter}.html").as_uri()
