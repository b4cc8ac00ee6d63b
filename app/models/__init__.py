"""Every table, by family, constraints included. No schemas of requests, no logic.

Every table of a chapter has `chapter_id` first in its keys: the wall between chapters, and what
lets the database be distributed later. Only the Union's own tables have plain keys. Ids are
UUIDv7 text; instants are whole microseconds since 1970 UTC; money is whole đồng.
"""
