"""What all doors share: language, the two faces of a refusal, pages, forms, headers, keys."""
