"""Who said what, the test fixed beforehand, the evidence for and against, and the status."""
