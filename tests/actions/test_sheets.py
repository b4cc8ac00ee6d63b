from tests.story import *
def test_first(db):
    doai = a_chapter(db)
    posted = doai.sheet("Lan 5.000/5, Hoa 1.000/1")
    doai.reverse(posted, "Hoa")
    doai.holds("""
        20/10 sheet Lan 5.000/5, Hoa 1.000/1
        20/10 reversal Hoa -1.000/-1
        lợn 5.000 Lan 5.000/5, Hoa 0/0
    """)
