"""The chapter's own rules, in versions with a date in force."""
