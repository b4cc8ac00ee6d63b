"""Where an office can be held, and when it takes two to fill it."""

from __future__ import annotations

from app.offices.rules import check_role_fits, takes_two
from app.terms import Level, Role
from tests.story import refused, tidy


def test_where_an_office_can_be_held() -> None:
    def fits(role: Role, level: Level) -> bool:
        try:
            check_role_fits(role, level)
        except Exception:
            return False
        return True

    table = "\n".join(
        f"{level}: {' '.join(role for role in Role if fits(role, level)) or 'none'}"
        for level in Level
    )
    assert table == tidy("""
        central: administrator leader
        province: leader
        district: leader
        commune: leader
        chapter: chapter_head deputy treasurer inspector
        group: none
    """)


def test_the_refusal_is_beside_the_role() -> None:
    refusal = refused("role_not_here", check_role_fits, Role.LEADER, Level.CHAPTER)
    assert refusal.field == "role"


def it_takes(
    role: Role, *, sitting: bool = False, emptied_by: str | None = None, who: str | None = None
) -> bool:
    """Two signatures, when `me` appoints."""
    return takes_two(role, sitting=sitting, emptied_by=emptied_by, actor_id="me", appointee_id=who)


def test_nobody_appoints_herself_alone() -> None:
    assert all(it_takes(role, who="me") for role in Role)
    assert not it_takes(Role.TREASURER, who="she")


def test_when_it_takes_two() -> None:
    """One hand may fill a seat nobody has emptied; not one that is taken, nor one she emptied."""
    me, other = "me", "other"
    for role in (Role.CHAPTER_HEAD, Role.DEPUTY, Role.TREASURER):
        assert it_takes(role, sitting=True)
        assert it_takes(role, emptied_by=me)
        assert not it_takes(role)
        assert not it_takes(role, emptied_by=other)
    for role in (Role.INSPECTOR, Role.LEADER, Role.ADMINISTRATOR):
        assert not it_takes(role, sitting=True, emptied_by=me)
