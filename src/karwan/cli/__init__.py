"""The command line: parse, ask one question, show the answer."""
