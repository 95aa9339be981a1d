"""The page: a door in a browser, and the same answers for programs over HTTP."""
