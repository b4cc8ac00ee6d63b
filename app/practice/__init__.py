"""A practice book: a chapter's own copy to learn on, visibly not real, thrown away with one tap."""
