"""Versions of the workspace database; Alembic brings an older one up to date."""
