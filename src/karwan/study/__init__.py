"""The study file and the one place where everything meets."""
