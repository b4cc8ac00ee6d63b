"""create_app(): wires doors, guards and handlers; nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from app import config, health
from app.access import api as access_api
from app.access import card_pages as access_card_pages
from app.access import device_pages, signing
from app.access import pages as access_pages
from app.access import queries as access_queries
from app.access.pins import Pins
from app.approvals import api as approvals_api
from app.approvals import pages as approvals_pages
from app.approvals.kinds import Kind, Perform, Proposal, register
from app.approvals.rules import (
    BY_AN_APPOINTER,
    BY_THE_HEAD,
    BY_WHO_RECEIVES,
    BY_WHOEVER_TAKES_OVER,
    FOR_A_PIN,
)
from app.breaking import api as breaking_api
from app.breaking import count_pages as breaking_count_pages
from app.breaking import decide_pages as breaking_decide_pages
from app.breaking import pages as breaking_pages
from app.breaking import paper_pages as breaking_paper_pages
from app.breaking import sign_pages as breaking_sign_pages
from app.cash import actions as cash
from app.cash import api as cash_api
from app.cash import (
    count_pages,
    expense_pages,
    handover_api,
    handover_pages,
    handovers,
    move_pages,
)
from app.cash import handing_over as cash_handing
from app.cash import moving as cash_moving
from app.cash import pages as cash_pages
from app.cash import rules as cash_rules
from app.cash import shown as cash_shown
from app.charter import actions as charter
from app.charter import api as charter_api
from app.charter import pages as charter_pages
from app.charter import queries as charter_queries
from app.config import Settings
from app.db.engine import Database, open_database
from app.db.tx import Tx
from app.errors import Gone
from app.founding import api as founding_api
from app.founding import pages as founding_pages
from app.loans import api as loans_api
from app.loans import books as loans_books
from app.loans import changing, history_pages, undoing
from app.loans import list_api as loans_list_api
from app.loans import list_pages as loans_list_pages
from app.loans import money_api as loans_money_api
from app.loans import own_pages as loans_own_pages
from app.loans import pages as loans_pages
from app.loans import rules as loans_rules
from app.loans import shown as loans_shown
from app.members import api as members_api
from app.members import card_pages as members_card_pages
from app.members import pages as members_pages
from app.mending import actions as mending
from app.mending import api as mending_api
from app.mending import kinds as mending_kinds
from app.mending import queries as mending_queries
from app.mending import rules as mending_rules
from app.offices import actions as offices
from app.offices import api as offices_api
from app.offices import pages as offices_pages
from app.offices import queries as offices_queries
from app.opening import actions as opening
from app.opening import api as opening_api
from app.opening import pages as opening_pages
from app.practice import door
from app.practice import pages as practice_pages
from app.reports import api as reports_api
from app.reports import (
    books_api,
    cash_book_pages,
    member_pages,
    own_pages,
    unit_pages,
    voucher_pages,
)
from app.reports import pages as reports_pages
from app.savings import api as savings_api
from app.savings import held_pages, holding, pot_pages, receipt_pages
from app.savings import pages as savings_pages
from app.savings import phone_pages as savings_phone_pages
from app.savings import queries as savings_queries
from app.settling import actions as settling
from app.settling import api as settling_api
from app.settling import moving as settling_moving
from app.settling import pages as settling_pages
from app.settling import paying_pages as settling_paying_pages
from app.settling import shown as settling_shown
from app.terms import N_, Actor, EntryKind
from app.union import api as union_api
from app.union import pages as union_pages
from app.web import installed, problems, style_pages
from app.web.guard import Guard
from app.web.packing import Packing
from app.web.render import STATIC, Static

ROUTERS = (
    savings_api.router,  # routes are tried in order: what is asked most stands first
    mending_api.router,
    cash_api.router,
    opening_api.router,
    settling_api.router,
    breaking_api.router,
    loans_api.router,
    loans_list_api.router,
    loans_money_api.router,
    handover_api.router,
    reports_api.router,
    books_api.router,
    access_api.router,
    approvals_api.router,
    offices_api.router,
    founding_api.router,
    union_api.router,
    charter_api.router,
    members_api.router,
    access_pages.router,
    access_card_pages.router,
    device_pages.router,
    approvals_pages.router,
    offices_pages.router,
    founding_pages.router,
    union_pages.router,
    charter_pages.router,
    members_pages.router,  # before reports: `/hoi-vien/moi` is no member's id
    members_card_pages.router,
    practice_pages.router,
    savings_pages.router,
    loans_list_pages.router,
    loans_pages.router,
    loans_own_pages.router,
    history_pages.router,
    history_pages.below_router,
    pot_pages.router,
    savings_phone_pages.router,
    held_pages.router,
    receipt_pages.router,
    settling_pages.router,
    settling_paying_pages.router,
    breaking_pages.router,
    breaking_count_pages.router,
    breaking_decide_pages.router,
    breaking_sign_pages.router,
    breaking_paper_pages.router,
    cash_pages.router,
    count_pages.router,
    handover_pages.router,
    move_pages.router,
    expense_pages.router,
    opening_pages.router,
    member_pages.router,
    cash_book_pages.router,
    voucher_pages.router,
    own_pages.router,
    unit_pages.router,
    reports_pages.router,
    installed.router,
    health.router,
    style_pages.router,
)


def register_approvals(settings: Settings) -> None:
    """The acts that take two signatures: how each is done and shown; what follows a reversal."""
    for kind in loans_books.MONEY:
        mending_kinds.register(kind, undoing.take_back)
    mending_kinds.register(EntryKind.OPENING, undoing.take_back_opening)
    register("reversal", Kind(N_("Hủy phiếu cũ"), BY_THE_HEAD, mending.reverse_by_two,
                              mending_queries.reversal_shown,
                              takes=mending_rules.lines_asked))  # fmt: skip
    register("correction", Kind(N_("Ghi thêm sau khi kiểm"), BY_THE_HEAD, holding.correct_by_two,
                                savings_queries.correction_shown))  # fmt: skip
    register("difference", Kind(N_("Xử lý tiền chênh"), BY_THE_HEAD, cash.settle_by_two,
                                cash_shown.difference_shown,
                                takes=cash_rules.difference_asked))  # fmt: skip
    register("cash_move", Kind(N_("Chuyển tiền"), BY_THE_HEAD, cash_moving.move_by_two,
                               cash_shown.cash_move_shown))  # fmt: skip
    register("expense", Kind(N_("Chi tiền"), BY_THE_HEAD, cash_moving.spend_by_two,
                             cash_shown.expense_shown))  # fmt: skip
    register("opening", Kind(N_("Số dư đầu kỳ"), BY_THE_HEAD, opening.open_by_two,
                             cash_shown.opening_shown))  # fmt: skip
    register("leaving_died", Kind(N_("Hội viên qua đời"), BY_THE_HEAD, settling.leave_by_two,
                                  settling_shown.death_shown))  # fmt: skip
    register("delivery", Kind(N_("Giao tiền cho chi hội khác"), BY_WHO_RECEIVES,
                              settling_moving.deliver_by_two, settling_shown.delivery_shown,
                              settling_shown.beside))  # fmt: skip
    register("handover", Kind(N_("Bàn giao quỹ"), BY_WHOEVER_TAKES_OVER,
                              cash_handing.hand_over_by_two, handovers.handover_shown))  # fmt: skip
    register("reschedule", Kind(N_("Đổi cách trả nợ"), BY_THE_HEAD, changing.reschedule_by_two,
                                loans_shown.change_shown, takes=loans_rules.loan_asked))  # fmt: skip
    register("waiver", Kind(N_("Miễn lãi"), BY_THE_HEAD, changing.waive_by_two,
                            loans_shown.change_shown, takes=loans_rules.loan_asked))  # fmt: skip
    register("write_off", Kind(N_("Xóa nợ"), BY_THE_HEAD, changing.write_off_by_two,
                               loans_shown.change_shown, takes=loans_rules.loan_asked))  # fmt: skip
    register("charter", Kind(N_("Đổi quy ước"), BY_THE_HEAD, charter.set_charter,
                             charter_queries.charter_shown))  # fmt: skip
    register("replace_officer", Kind(N_("Thay người giữ chức vụ"), BY_AN_APPOINTER,
                                     offices.replace, offices_queries.replace_shown))  # fmt: skip

    def forgiving(act: Callable[..., tuple[dict[str, Any], dict[str, Any]]]) -> Perform:
        def perform(
            db: Tx, /, *, actor: Actor, proposal: Proposal
        ) -> tuple[dict[str, Any], dict[str, Any]]:
            person = proposal.payload["person"]
            phone = access_queries.person_phone(db, person)
            counted = signing.account_subjects(settings.pepper, person, phone)
            return act(db, actor=actor, proposal=proposal, counted=counted)

        return perform

    register("pin_reset", Kind(N_("Đặt lại mã PIN"), FOR_A_PIN, forgiving(offices.reset_pin),
                               offices_queries.reset_shown))  # fmt: skip
    register("unlock", Kind(N_("Mở khóa"), FOR_A_PIN, forgiving(offices.unlock),
                            offices_queries.reset_shown))  # fmt: skip


def create_app(settings: Settings | None = None, db: Database | None = None) -> FastAPI:
    """The application on a database.

    `uvicorn app.main:create_app --factory` serves it too, but then uvicorn believes forwarded
    addresses from 127.0.0.1; `solon serve` believes only those that are configured.
    """
    settings = settings or config.load()
    own = db or open_database(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if db is None:
            own.close()

    app = FastAPI(
        title="Sổ Lợn",
        version="0.1.0",
        description="The money book of Women's Union chapters that save in plastic piggy banks.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.db = own
    app.state.desk = door.Desk(settings.data.joinpath("practice"))
    app.state.pins = Pins(settings.pepper)
    register_approvals(settings)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", Static(directory=STATIC), name="static")
    app.add_middleware(Packing)
    app.add_middleware(Guard, body_limit=settings.body_limit)
    problems.install(app)
    app.add_exception_handler(Gone, door.gone)
    return app
