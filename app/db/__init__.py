"""How the book reaches its database: one request is one transaction, and only this room commits.

Return commits, raise rolls back (ADR 0002). On SQLite one thread owns the only connection that
writes (ADR 0005); on PostgreSQL a small pool of threads has a transaction each.
"""
