"""The brief: one sheet of A4 for someone who has a minute, from the answers of other commands.

`sheet` says what stands on it, `points` words it, `chart` draws it, and `pdf`, `docx` and `text`
write it. Every figure comes from the function that its own command asks.
"""
