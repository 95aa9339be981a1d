"""One class for each table of facts, its columns with their types: a type checker sees them.

`Catalog.rows(ElementRow)` returns the rows of `elements`. A test holds every class against the
descriptor: each column, its type, and whether it may be blank.
"""
