"""A question of the catalogue on the page: form, answer, why it is empty, what is behind it, the list of all."""
