"""Every page of the application, and who is shown it: a page that is not here fails a test."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.routing import APIRoute

from app.main import ROUTERS
from tests.browser.conftest import Visit, Visitor
from tests.browser.world import Book

# Files, and what is shown only where people build (tests/journeys/test_style.py).
NOT_PAGES = ("/healthz", "/readyz", "/du-lieu-cua-toi", "/sw.js", "/static/words.js", "/manifest.webmanifest",
             "/style", "/style.css", "/chi-hoi/{chapter_id}/vay/moi/xet")  # fmt: skip
EVERYBODY = ("nobody", "treasurer", "head", "inspector", "leader", "administrator", "member")

# A page's route → who sees it, and by which addresses. `{…}` is filled in from the book's things.
IN_CHAPTER = ("treasurer", "head", "inspector")
OFFICERS = ("treasurer", "head", "leader", "administrator")
PAGES: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {
    "/": {("nobody", "treasurer"): ("/",)},
    "/vao": {("nobody",): ("/vao", "/vao?may=khong-co")},
    "/may-moi": {("nobody",): ("/may-moi",)},
    "/thiet-lap": {("nobody",): ("/thiet-lap",)},
    "/the/{card_id}": {("nobody",): ("/the/{card_id}", "/the/{new_card}", "/the/{card_id}?moi=1")},
    "/may-cua-toi": {("treasurer", "administrator"): ("/may-cua-toi",)},
    "/ma-pin": {("treasurer",): ("/ma-pin",)},
    "/ky": {OFFICERS: ("/ky",)},
    "/ky/{approval_id}": {("treasurer", "head"): ("/ky/{approval_id}",)},
    "/don-vi/{unit_id}/chuc-vu": {
        ("treasurer", "head"): ("/don-vi/{chapter_id}/chuc-vu",),
        ("leader",): ("/don-vi/{chapter_id}/chuc-vu", "/don-vi/{commune}/chuc-vu"),
        ("administrator",): ("/don-vi/{root}/chuc-vu",),
    },
    "/don-vi/{unit_id}/nhap": {
        ("leader",): ("/don-vi/{commune}/nhap",),
        ("administrator",): ("/don-vi/{root}/nhap",),
    },
    "/don-vi/{unit_id}/moi": {
        ("leader",): ("/don-vi/{commune}/moi",),
        ("administrator",): ("/don-vi/{root}/moi",),
    },
    "/don-vi/{unit_id}": {
        ("leader",): ("/don-vi/{commune}",),
        ("administrator",): ("/don-vi/{root}",),
    },
    "/chi-hoi/{chapter_id}/quy-uoc": {IN_CHAPTER: ("/chi-hoi/{chapter_id}/quy-uoc",)},
    "/chi-hoi/{chapter_id}/quy-uoc/doi": {
        ("treasurer", "head"): ("/chi-hoi/{chapter_id}/quy-uoc/doi",)
    },
    "/chi-hoi/{chapter_id}/hoi-vien": {
        IN_CHAPTER: ("/chi-hoi/{chapter_id}/hoi-vien",),
        ("treasurer",): ("/chi-hoi/{chapter_id}/hoi-vien?q=khong-co",),
    },
    "/chi-hoi/{chapter_id}/hoi-vien/moi": {
        ("treasurer", "head"): ("/chi-hoi/{chapter_id}/hoi-vien/moi",)
    },
    "/chi-hoi/{chapter_id}/lon/moi": {("treasurer", "head"): ("/chi-hoi/{chapter_id}/lon/moi",)},
    "/chi-hoi/{chapter_id}/the": {("treasurer",): ("/chi-hoi/{chapter_id}/the",)},
    "/chi-hoi/{chapter_id}/thu": {("treasurer",): ("/chi-hoi/{chapter_id}/thu",)},
    "/chi-hoi/{chapter_id}/tien": {
        IN_CHAPTER: ("/chi-hoi/{chapter_id}/tien",),
        ("treasurer",): ("/chi-hoi/{chapter_id}/tien?xong=tra",),
    },
    "/chi-hoi/{chapter_id}/kiem": {
        ("treasurer", "head"): ("/chi-hoi/{chapter_id}/kiem",),
        ("treasurer",): ("/chi-hoi/{chapter_id}/kiem?place=hand",),
    },
    "/chi-hoi/{chapter_id}/ban-giao": {("treasurer", "head"): ("/chi-hoi/{chapter_id}/ban-giao",)},
    "/ban-giao/{handover_id}": {IN_CHAPTER: ("/ban-giao/{handover_id}",)},
    "/chi-hoi/{chapter_id}/cac-lan-kiem": {IN_CHAPTER: ("/chi-hoi/{chapter_id}/cac-lan-kiem",)},
    "/kiem/{count_id}": {IN_CHAPTER: ("/kiem/{count_id}", "/kiem/{even_count}")},
    "/kiem/{count_id}/xu-ly": {IN_CHAPTER: ("/kiem/{count_id}/xu-ly",)},
    "/chi-hoi/{chapter_id}/tra-bu": {
        ("treasurer",): ("/chi-hoi/{chapter_id}/tra-bu?pot={pot}&nguoi={keeper}",)
    },
    "/chi-hoi/{chapter_id}/chuyen": {
        ("treasurer",): (
            "/chi-hoi/{chapter_id}/chuyen",
            *(
                f"/chi-hoi/{{chapter_id}}/chuyen?viec={way}&lon={{pot}}"
                for way in ("mo", "cat", "ngan-hang")
            ),
        )
    },
    "/chi-hoi/{chapter_id}/chi": {("treasurer",): ("/chi-hoi/{chapter_id}/chi",)},
    "/chi-hoi/{chapter_id}/vay": {IN_CHAPTER: ("/chi-hoi/{chapter_id}/vay",)},
    "/chi-hoi/{chapter_id}/vay/du-tinh": {IN_CHAPTER: ("/chi-hoi/{chapter_id}/vay/du-tinh",)},
    "/chi-hoi/{chapter_id}/vay/moi": {("treasurer",): ("/chi-hoi/{chapter_id}/vay/moi",)},
    "/chi-hoi/{chapter_id}/so-vay": {
        IN_CHAPTER: ("/chi-hoi/{chapter_id}/so-vay",),
        ("head",): ("/chi-hoi/{chapter_id}/so-vay?state=running&q=huong",),
    },
    "/don-vi/{unit_id}/vay": {
        ("leader",): ("/don-vi/{commune}/vay", "/don-vi/{commune}/vay?officers=1"),
    },
    "/hoi-vien/{member_id}/vay": {
        (*IN_CHAPTER, "leader"): ("/hoi-vien/{member_id}/vay", "/hoi-vien/{longest}/vay"),
    },
    "/vay-cua-toi": {("member",): ("/vay-cua-toi",)},
    "/vay-cua-toi/moi": {("member",): ("/vay-cua-toi/moi",)},
    "/vay/{loan_id}": {
        ("member",): ("/vay/{her_loan}",),
        (*IN_CHAPTER, "leader"): ("/vay/{loan_id}", "/vay/{asked_loan}"),
        ("treasurer",): tuple(
            f"/vay/{{loan_id}}?viec={act}"
            for act in ("tra", "tham", "cach-tra", "xoa-no", "huy&but_toan={loan_paid}")
        ),
        ("head",): ("/vay/{asked_loan}?viec=duyet", "/vay/{asked_loan}?viec=khong-duyet"),
    },
    "/chi-hoi/{chapter_id}/mo-lon": {(*IN_CHAPTER, "leader"): ("/chi-hoi/{chapter_id}/mo-lon",)},
    "/mo-lon/{breaking_id}": {
        (*IN_CHAPTER, "leader"): ("/mo-lon/{asked}", "/mo-lon/{broken}"),
        ("treasurer",): (
            "/mo-lon/{opened}",
            "/mo-lon/{signed}",
            "/mo-lon/{stopped}",
            "/mo-lon/{tubes}",
        ),
    },
    "/mo-lon/{breaking_id}/dem": {
        ("treasurer", "head"): ("/mo-lon/{opened}/dem", "/mo-lon/{asked}/dem")
    },
    "/mo-lon/{breaking_id}/lon-nha": {("treasurer",): ("/mo-lon/{tubes}/lon-nha",)},
    "/mo-lon/{breaking_id}/lon-nha/{member_id}": {
        ("treasurer",): ("/mo-lon/{tubes}/lon-nha/{longest}", "/mo-lon/{tubes}/lon-nha/{member_id}")
    },
    "/mo-lon/{breaking_id}/y-cac-chi": {
        ("treasurer",): ("/mo-lon/{asked}/y-cac-chi", "/mo-lon/{asked}/y-cac-chi?q=khong-co"),
        ("head",): ("/mo-lon/{signed}/y-cac-chi",),
    },
    "/mo-lon/{breaking_id}/ky": {
        (*IN_CHAPTER, "leader"): ("/mo-lon/{asked}/ky", "/mo-lon/{signed}/ky")
    },
    "/mo-lon/{breaking_id}/bien-ban": {(*IN_CHAPTER, "leader"): ("/mo-lon/{broken}/bien-ban",)},
    "/mo-lon/{breaking_id}/phieu": {
        ("treasurer", "inspector"): ("/mo-lon/{broken}/phieu", "/mo-lon/{broken}/phieu?in=58")
    },
    "/so-cua-toi/mo-lon/{breaking_id}": {("member",): ("/so-cua-toi/mo-lon/{broken}",)},
    "/chi-hoi/{chapter_id}/dau-ky": {("treasurer",): ("/chi-hoi/{chapter_id}/dau-ky",)},
    "/phieu/{entry_id}": {
        ("treasurer", "inspector"): ("/phieu/{entry_id}", "/phieu/{reversed}", "/phieu/{reversal}")
    },
    "/chi-hoi/{chapter_id}/hoi-vien/{member_id}": {
        IN_CHAPTER: ("/chi-hoi/{chapter_id}/hoi-vien/{member_id}",),
        ("treasurer",): ("/chi-hoi/{chapter_id}/hoi-vien/{longest}",),
    },
    "/hoi-vien/{member_id}/roi": {
        ("treasurer",): ("/hoi-vien/{longest}/roi", "/hoi-vien/{leaver}/roi"),
        ("head", "inspector"): ("/hoi-vien/{leaver}/roi",),
    },
    "/hoi-vien/{member_id}/tra": {("treasurer",): ("/hoi-vien/{leaver}/tra",)},
    "/chi-hoi/{chapter_id}/cho-linh": {IN_CHAPTER: ("/chi-hoi/{chapter_id}/cho-linh",)},
    "/chi-hoi/{chapter_id}/giao-tien": {IN_CHAPTER: ("/chi-hoi/{chapter_id}/giao-tien",)},
    "/so-cua-toi": {("member",): ("/so-cua-toi",)},
    "/ai-xem": {("member", "treasurer"): ("/ai-xem",)},
    "/hom-nay": {(*IN_CHAPTER, "leader", "administrator"): ("/hom-nay",)},
    "/chi-hoi/{chapter_id}/bao-sai": {("treasurer", "head"): ("/chi-hoi/{chapter_id}/bao-sai",)},
    "/tren-may": {("treasurer", "head"): ("/tren-may",)},
    "/thu-hom-nay": {("treasurer",): ("/thu-hom-nay",)},
    "/khong-mang": {("nobody", "treasurer"): ("/khong-mang",)},
    "/phieu/{entry_id}/tung-chi": {
        ("treasurer", "inspector"): (
            "/phieu/{entry_id}/tung-chi",
            "/phieu/{entry_id}/tung-chi?in=58",
        )
    },
    "/chi-hoi/{chapter_id}/bang-giu": {IN_CHAPTER: ("/chi-hoi/{chapter_id}/bang-giu",)},
    "/bang-giu/{held_id}": {
        ("head",): ("/bang-giu/{held}", "/bang-giu/{recorded}", "/bang-giu/{dropped}"),
        ("inspector",): ("/bang-giu/{held}",),
    },
    "/chi-hoi/{chapter_id}/so-quy": {
        IN_CHAPTER: ("/chi-hoi/{chapter_id}/so-quy",),
        ("treasurer",): ("/chi-hoi/{chapter_id}/so-quy?from=2026-10-20&to=2026-10-01",),
    },
    "/chung-tu/{entry_id}": {
        ("treasurer", "inspector"): (
            "/chung-tu/{entry_id}",
            "/chung-tu/{reversed}",
            "/chung-tu/{reversal}",
            "/chung-tu/{entry_id}?in=58",
            "/chung-tu/{entry_id}?in=a5",
        )
    },
    "/them": {OFFICERS: ("/them",)},
    "/chi-hoi/{chapter_id}/nhat-ky": {
        IN_CHAPTER: ("/chi-hoi/{chapter_id}/nhat-ky",),
        ("treasurer",): ("/chi-hoi/{chapter_id}/nhat-ky?kind=sheet_recorded",),
    },
}
REFUSED = {("nobody", "treasurer"): ("/khong-co",), ("head",): ("/don-vi/{commune}/moi",)}
LEADS_ON = ("/", "/thu-hom-nay")  # show nothing themselves


def routes() -> set[str]:
    """The addresses of all pages, as the application knows them."""
    return {
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods
        if not route.path.startswith("/api/") and route.path not in NOT_PAGES
    }


def pages_of(who: str, book: Book) -> Iterator[str]:
    """Where she goes."""
    for page in (*PAGES.values(), REFUSED):
        for people, paths in page.items():
            if who in people:
                yield from (path.format(**book.things) for path in paths)


def visitor_as(who: str, visit: Visit, book: Book, size: tuple[int, int]) -> Visitor:
    """She, signed in; nobody is signed in as nobody."""
    visitor = visit(size)
    tokens = {
        "treasurer": book.shown.treasurer.token, "head": book.shown.head.token,
        "inspector": book.shown.inspector.token, "leader": book.leader.token,
        "administrator": book.administrator.token, "member": book.member,
    }  # fmt: skip
    if who in tokens:
        visitor.enter(tokens[who])
    return visitor


def walk(
    who: str, visit: Visit, book: Book, size: tuple[int, int], *, letters: int = 1
) -> Iterator[Visitor]:
    """Each of her pages in turn, opened; with letters so many times as large as usual."""
    visitor = visitor_as(who, visit, book, size)
    standard = {"standard": 16 * letters, "fixed": 13 * letters}
    visitor.devtools().send("Page.setFontSizes", {"fontSizes": standard})
    for path in pages_of(who, book):
        status = visitor.open(path)
        refused = any(path == to.format(**book.things) for tos in REFUSED.values() for to in tos)
        assert status == 200 or (refused and status in (403, 404)), f"{who}: {status} {path}"
        assert path in LEADS_ON or visitor.page.url == visitor.url + path, visitor.page.url
        visitor.page.locator("h1").wait_for()
        yield visitor
