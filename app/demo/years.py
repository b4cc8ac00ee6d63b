"""Years of weekly meetings: some are absent and catch up, the treasurer errs once and mends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from app import ids
from app.access.rules import digest
from app.demo.cast import Story, Told
from app.demo.yearly import break_pig
from app.ledger.once import Ticket
from app.ledger.receipts import EntryPosted
from app.mending import actions as mending
from app.savings import actions as savings
from app.savings.rules import Line


def meetings(
    story: Story,
    chapter: Told,
    since: date,
    until: date,
    then: Callable[[date], None] | None = None,
    breakings: list[tuple[date, int]] | None = None,
) -> None:
    """A sheet a week: whoever comes covers all days begun since she last gave; `then` lending.

    Of the `breakings` (day, turn) those that come up are taken off the list.
    """
    waiting = breakings if breakings is not None else []
    for day in (since + timedelta(days=n) for n in range(6, (until - since).days, 7)):
        while waiting and waiting[0][0] <= day:
            _year_ends(story, chapter, *waiting.pop(0))
        story.on(day, hour=16)
        story.show_progress(day)
        begun = (day - chapter.since).days + 1
        lines = []
        for i, member_id in enumerate(chapter.members):
            owed = begun - chapter.covered[i]
            if story.chance.random() < 0.06 and until - day > timedelta(days=20):
                continue  # absent today; she catches up when she comes
            extra = 1000 * story.chance.choice((0, 0, 0, 0, 0, 0, 0, 1, 3))
            lines.append(Line(member_id, owed * 1000 + extra, owed))
            chapter.covered[i] = begun
        posted = post(story, chapter, day, lines)
        if day - since == timedelta(days=146):
            err_and_mend(story, chapter, day, posted)
        if then is not None:
            then(day)


def _year_ends(story: Story, chapter: Told, day: date, turn: int) -> None:
    """Everybody comes and gives what is behind until the day before; then the pig is broken."""
    story.on(day, hour=9)
    whole = (day - chapter.since).days
    owed = [(one, whole - had) for one, had in zip(chapter.members, chapter.covered, strict=True)]
    lines = [Line(one, behind * 1000, behind) for one, behind in owed if behind > 0]
    if lines:
        post(story, chapter, day, lines)
    break_pig(story, chapter, day, turn)


def post(
    story: Story, chapter: Told, day: date, lines: list[Line], note: str | None = None
) -> EntryPosted:
    posted = story.db.write_now(
        savings.post_sheet,
        actor=chapter.treasurer,
        chapter_id=chapter.id,
        pot_id=chapter.pot_id,
        day=day,
        lines=lines,
        ticket=Ticket(ids.new(), digest(day.isoformat())),
        note=note,
    ).value
    assert isinstance(posted, EntryPosted)
    return posted


def err_and_mend(story: Story, chapter: Told, day: date, posted: EntryPosted) -> None:
    """She wrote a line for the wrong woman: takes it back, writes it for the right one."""
    wrong = post(story, chapter, day, [Line(chapter.members[6], 5000, 0)], "góp thêm")
    story.db.write_now(
        mending.reverse,
        actor=chapter.treasurer,
        entry_id=wrong.id,
        line_ids=[wrong.lines[0].line_id],
        reason="Ghi nhầm tên",
        ticket=Ticket(ids.new(), digest(posted.id)),
    )
    post(story, chapter, day, [Line(chapter.members[7], 5000, 0)], "góp thêm")
