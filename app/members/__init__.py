"""People in a chapter: their number in the book, their need class, what they agreed to."""
