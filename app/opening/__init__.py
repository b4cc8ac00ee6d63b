"""How a book begins: what the paper one had in cash, savings and running loans, signed by two."""
