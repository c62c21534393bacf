"""What a page says of itself: description, citation, edition, where it can be edited and run."""

import html
import re
from urllib.parse import quote, urlsplit

from .. import __version__, assumptions

WORDS = 160  # characters of a description that a search engine shows


def page(app, pagename: str, context: dict) -> dict:
    """The names that the theme's layout uses, for the page ``pagename``."""
    config = app.config
    known = {
        "author": config.author,
        "edition": f"Version {__version__}, data of {_data_date()}, {config.book_assumptions}.",
        "base": urlsplit(config.html_baseurl).path or "/",
    }
    if "body" not in context or pagename in ("genindex", "search", "404"):
        return known
    title = _text(context["title"])
    year = config.copyright
    book = f"{config.html_title}, version {__version__}"
    address = context.get("pageurl") or ""
    stop = "" if title[-1] in "?!." else "."
    key = re.sub(r"\W+", "-", pagename.rpartition("/")[2])
    entry = {
        "author": "{" + config.author + "}",
        "title": title,
        "booktitle": config.html_title,
        "year": year,
        "note": f"Version {__version__}",
        "url": address,
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in entry.items() if value)
    if address:
        known["card"] = f"_static/cards/{key}.png"
        known["card_address"] = app.config.html_baseurl.rstrip("/") + "/" + known["card"]
    found = actions(app, pagename, context)
    repository = app.config.html_theme_options.get("repository_url", "").removesuffix("/")
    return known | {
        "heading": title,
        "description": description(context["body"]),
        "citation": f"{config.author} ({year}). “{title}{stop}” In: {book}. {address}".strip(),
        "bibtex": f"@incollection{{{key},\n{lines}}}",
        "actions": found,
        "first_cell": first_cell(repository) if "Run on Colab" in dict(found) else "",
    }


def _data_date() -> str:
    return max(assumptions.known()["as_of"])


def _text(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def description(body: str) -> str:
    """The first paragraph of a page as plain text, cut at a word.

    >>> description("<h1>Title</h1><p>One <em>idea</em>,\\n in a sentence.</p><p>More</p>")
    'One idea, in a sentence.'
    """
    found = re.search(r"<p>(.*?)</p>", body.partition("</h1>")[2], re.DOTALL)
    said = _text(found[1]) if found else ""
    return said if len(said) <= WORDS else said[:WORDS].rpartition(" ")[0].rstrip(",;:") + " …"


def actions(app, pagename: str, context: dict) -> list[tuple[str, str]]:
    """What can be done with a page, as (label, address); most need a configured repository."""
    options = app.config.html_theme_options
    repository = options.get("repository_url", "").removesuffix("/")
    source = app.env.doc2path(pagename, base=False)
    is_notebook = source.endswith(".ipynb")
    found = []
    if is_notebook:
        download = context["pathto"](f"_sources/{source}", resource=True)
        found.append(("Download as a notebook", download))
    if not repository:
        return found
    branch = options.get("repository_branch") or "main"
    folder = options.get("path_to_docs", "").strip("/")
    path = f"{folder}/{source}".lstrip("/")
    issue = quote(f"On the page {source}")
    found += [
        ("Suggest an edit", f"{repository}/edit/{branch}/{path}"),
        ("Report a problem", f"{repository}/issues/new?title={issue}"),
    ]
    host, _, name = repository.removeprefix("https://").partition("/")
    if is_notebook and host == "github.com":
        found += [
            ("Run on Binder", f"https://mybinder.org/v2/gh/{name}/{branch}?labpath={quote(path)}"),
            (
                "Run on Colab",
                f"https://colab.research.google.com/github/{name}/blob/{branch}/{path}",
            ),
        ]
    return found


def first_cell(repository: str) -> str:
    """What a notebook on Colab must run before its own cells: the library, with its data.

    >>> print(first_cell("https://github.com/example/book"))
    !git clone --quiet --depth 1 https://github.com/example/book book
    !pip install --quiet --editable book
    import sys; sys.path.insert(0, "book/lib")
    """
    return (
        f"!git clone --quiet --depth 1 {repository} book\n"
        "!pip install --quiet --editable book\n"
        'import sys; sys.path.insert(0, "book/lib")'
    )


def site(app) -> None:
    """Writes the list of pages for search engines, once the site's address is configured."""
    if not (base := app.config.html_baseurl):
        return
    pages = sorted(app.env.found_docs)
    places = (f"{base.rstrip('/')}/{app.builder.get_target_uri(page)}" for page in pages)
    entries = "".join(f"<url><loc>{html.escape(place)}</loc></url>\n" for place in places)
    (app.outdir / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        encoding="utf-8",
    )
    (app.outdir / "robots.txt").write_text(
        f"User-agent: *\nAllow: /\nSitemap: {base.rstrip('/')}/sitemap.xml\n", encoding="utf-8"
    )
